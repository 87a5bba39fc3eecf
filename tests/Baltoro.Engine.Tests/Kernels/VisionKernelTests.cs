using Baltoro.Engine.Kernels;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>The kernels of vision towers against the scalar twin, bounds of docs/numerics.md; the exact GELU against a series.</summary>
public unsafe class VisionKernelTests
{
    private const double Unit = 1.0 / (1 << 24);
    private const float Eps = 1e-5f;

    public static TheoryData<string> Variants() => [.. KernelCatalog.Supported];

    [Theory]
    [MemberData(nameof(Variants))]
    public void LayerNorm_AllLengths_StaysWithinTheBound(string variant)
    {
        Random random = new(Seed.Of(this));
        for (int width = 1; width <= 257; width++)
        {
            float[] x = [.. Values(random, width, 2).Select(value => value + 0.7f)];
            float[] weight = Values(random, width, 2);
            float[] bias = Values(random, width, 2);
            float[] expected = Norm(KernelCatalog.Select("scalar"), x, weight, bias);
            float[] actual = Norm(KernelCatalog.Select(variant), x, weight, bias);
            double mean = x.Average(value => (double)value);
            double size = x.Average(value => Math.Abs((double)value));
            double scale = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + Eps);
            double chain = (Math.Ceiling(width / 4.0) + 20) * Unit;
            for (int i = 0; i < width; i++)
            {
                double scaled = Math.Abs((x[i] - mean) * scale * weight[i]);
                double shift = (chain * size) + (2 * Unit * (Math.Abs(x[i]) + Math.Abs(mean)));
                double bound = (shift * scale * Math.Abs(weight[i])) + (((chain / 2) + (6 * Unit)) * scaled) + (2 * Unit * Math.Abs(expected[i]));
                Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"width {width}: {expected[i]}, {actual[i]}, bound {bound}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void GeluTanh_AllLengths_StaysWithinTheBound(string variant)
    {
        Random random = new(Seed.Of(this));
        for (int width = 1; width <= 257; width++)
        {
            float[] x = Values(random, width, 12);
            float[] actual = Apply(KernelCatalog.Select(variant).GeluTanh, x);
            for (int i = 0; i < width; i++)
            {
                double inner = Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * Math.Pow(x[i], 3)));
                double expected = x[i] / (1 + Math.Exp(-2 * inner));
                double bound = ((10 + (16 * Math.Abs(inner))) * Unit * Math.Abs(expected)) + 1e-36;
                Assert.True(Math.Abs(expected - actual[i]) <= bound, $"gelu({x[i]}) = {expected}, {actual[i]}, bound {bound}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RowSums_AllWidths_StayWithinTheBoundAndDoNotDependOnNeighbours(string variant)
    {
        Random random = new(Seed.Of(this));
        for (int width = 0; width <= 130; width++)
        {
            (int rows, int count) = (1 + (width % 9), width % 23);
            float[] weights = Values(random, rows * count, 2);
            float[] values = Values(random, count * width, 2);
            float[] y = Values(random, rows * width, 2);
            float[]? factors = width % 3 == 0 ? null : Values(random, rows, 1);
            float[] expected = RowSums("scalar", weights, values, factors, y, rows);
            float[] actual = RowSums(variant, weights, values, factors, y, rows);
            for (int row = 0; row < rows; row++)
            {
                float[] alone = RowSums(
                    variant, weights[(row * count)..((row + 1) * count)], values, factors?[row..(row + 1)], y[(row * width)..((row + 1) * width)], 1);
                Assert.Equal(alone, actual[(row * width)..((row + 1) * width)]);
                for (int i = 0; i < width; i++)
                {
                    double size = Math.Abs((double)(factors?[row] ?? 0) * y[(row * width) + i]);
                    size += Enumerable.Range(0, count).Sum(s => Math.Abs((double)weights[(row * count) + s] * values[(s * width) + i]));
                    Assert.True(Math.Abs(expected[(row * width) + i] - actual[(row * width) + i]) <= (count + 2) * Unit * size, $"width {width}, row {row}");
                }
            }
        }
    }

    [Fact]
    public void GeluTanh_ExtremeValues_GoToTheLimits()
    {
        foreach (string variant in KernelCatalog.Supported)
        {
            float[] y = Apply(KernelCatalog.Select(variant).GeluTanh, [-1e6f, -100, 0, 100, 1e6f]);
            Assert.Equal([0, 0, 0, 100, 1e6f], y);
        }
    }

    [Fact]
    public void GeluErf_WholeRange_EqualsTheSeries()
    {
        for (double x = -12; x <= 12; x += 0.0173)
        {
            double expected = x * 0.5 * (1 + ErrorFunction(x / Math.Sqrt(2)));
            Assert.True(Math.Abs(expected - Gelu.Exact(x)) <= 2e-12, $"gelu({x}) = {expected}, found {Gelu.Exact(x)}");
        }

        float[] y = Apply(KernelCatalog.Select(null).GeluErf, [0, -3, 3, float.PositiveInfinity, float.NaN]);
        Assert.Equal([0, -0.0040496940f, 2.9959502f, float.PositiveInfinity, float.NaN], y);
    }

    /// <summary>2/√π · e^(−z²) · Σ 2^n z^(2n+1) / (2n+1)!!, whose terms all have one sign.</summary>
    private static double ErrorFunction(double z)
    {
        double term = z;
        double sum = z;
        for (int n = 1; n < 400; n++)
        {
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum;
    }

    private static float[] Values(Random random, int count, float most) =>
        [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * most)];

    private static float[] Apply(delegate*<float*, int, float*, void> kernel, float[] x)
    {
        using GuardedMemory memory = GuardedMemory.Of<float>(x);
        kernel((float*)memory.Start, x.Length, (float*)memory.Start);
        return new Span<float>(memory.Start, x.Length).ToArray();
    }

    private static float[] RowSums(string variant, float[] weights, float[] values, float[]? factors, float[] y, int rows)
    {
        using GuardedMemory w = GuardedMemory.Of<float>(weights);
        using GuardedMemory v = GuardedMemory.Of<float>(values);
        using GuardedMemory f = GuardedMemory.Of<float>(factors ?? []);
        using GuardedMemory output = GuardedMemory.Of<float>(y);
        RowSumArgs args = new()
        {
            Weights = (float*)w.Start,
            WeightStride = weights.Length / rows,
            Count = weights.Length / rows,
            Values = (float*)v.Start,
            ValueStride = y.Length / rows,
            Width = y.Length / rows,
            Factors = factors is null ? null : (float*)f.Start,
            Rows = rows,
            Y = (float*)output.Start,
            YStride = y.Length / rows,
        };
        KernelCatalog.Select(variant).RowSums(in args);
        return new Span<float>(output.Start, y.Length).ToArray();
    }

    private static float[] Norm(KernelTable kernels, float[] x, float[] weight, float[] bias)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(x);
        using GuardedMemory w = GuardedMemory.Of<float>(weight);
        using GuardedMemory b = GuardedMemory.Of<float>(bias);
        kernels.LayerNorm((float*)input.Start, (float*)w.Start, (float*)b.Start, x.Length, Eps, (float*)input.Start);
        return new Span<float>(input.Start, x.Length).ToArray();
    }
}
