using Baltoro.Engine.Kernels;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>
/// Every kernel variant against the scalar twin at lengths 0 to 257, in buffers that end at a guard page. Bounds are those
/// of docs/numerics.md, "Tolerances of kernels".
/// </summary>
public unsafe class KernelOracleTests
{
    private const double Unit = 1.0 / (1 << 24);
    private const int MaxLength = 257;

    public static TheoryData<string> Variants() => [.. ModelDriver.FloatVariants];

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatMul_AllLengths_StaysWithinTheBound(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        KernelTable scalar = KernelCatalog.Select("scalar");
        Random random = new(Seed.Of(this));
        for (int width = 0; width <= MaxLength; width++)
        {
            (int outs, int rows) = (1 + (width % 9), 1 + (width % 7));
            float[] weights = Values(random, outs * width);
            float[] x = Values(random, rows * width);
            ushort[] halves = [.. weights.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];
            float[] widened = [.. halves.Select(half => BitConverter.UInt32BitsToSingle((uint)half << 16))];
            float[] exact = Product(scalar.MatMulF32, weights, x, outs, width, rows);
            Check(Product(kernels.MatMulF32, weights, x, outs, width, rows), exact, weights, x, outs, width);
            float[] exactBf16 = Product(scalar.MatMulBf16, halves, x, outs, width, rows);
            Check(Product(kernels.MatMulBf16, halves, x, outs, width, rows), exactBf16, widened, x, outs, width);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatMul_RowsTogetherOrAlone_AreBitIdentical(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        Random random = new(Seed.Of(this));
        foreach (int width in new[] { 1, 7, 16, 31, 64, 100, 257 })
        {
            const int Outs = 11;
            float[] weights = Values(random, Outs * width);
            for (int rows = 1; rows <= 13; rows++)
            {
                float[] x = Values(random, rows * width);
                float[] together = Product(kernels.MatMulF32, weights, x, Outs, width, rows);
                for (int row = 0; row < rows; row++)
                {
                    for (int column = 0; column < Outs; column++)
                    {
                        float[] alone = Product(kernels.MatMulF32, weights[(column * width)..((column + 1) * width)], x[(row * width)..((row + 1) * width)], 1, width, 1);
                        Assert.Equal(BitConverter.SingleToInt32Bits(alone[0]), BitConverter.SingleToInt32Bits(together[(row * Outs) + column]));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatMul_RowNumbers_ReadTheNamedRows(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        Random random = new(Seed.Of(this));
        const int Width = 40, Outs = 6;
        float[] weights = Values(random, Outs * Width);
        float[] x = Values(random, 5 * Width);
        int[] rows = [4, 0, 0, 3, 1, 4, 2];
        float[] gathered = [.. rows.SelectMany(row => x[(row * Width)..((row + 1) * Width)])];
        float[] expected = Product(kernels.MatMulF32, weights, gathered, Outs, Width, rows.Length);
        Assert.Equal(expected, Product(kernels.MatMulF32, weights, x, Outs, Width, rows.Length, rows));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RowKernels_AllLengths_StayWithinTheirBounds(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        KernelTable scalar = KernelCatalog.Select("scalar");
        Random random = new(Seed.Of(this));
        for (int width = 1; width <= MaxLength; width++)
        {
            float[] x = Values(random, width);
            float[] weight = Values(random, width);
            float[] expected = Norm(scalar, x, weight);
            float[] actual = Norm(kernels, x, weight);
            float[] gateExpected = Gate(scalar, x, weight);
            float[] gateActual = Gate(kernels, x, weight);
            float[] sumExpected = Axpy(scalar, x, weight);
            float[] sumActual = Axpy(kernels, x, weight);
            for (int i = 0; i < width; i++)
            {
                AssertClose(expected[i], actual[i], ((Chain(width) / 2) + (4 * Unit)) * Math.Abs(expected[i]));
                AssertClose(gateExpected[i], gateActual[i], ((8 * Unit) + (2 * Unit * Math.Abs(x[i]))) * Math.Abs(gateExpected[i]));
                AssertClose(sumExpected[i], sumActual[i], 2 * Unit * (Math.Abs(1.7 * x[i]) + Math.Abs(weight[i])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Rope_EvenLengths_StaysWithinTheBound(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        KernelTable scalar = KernelCatalog.Select("scalar");
        Random random = new(Seed.Of(this));
        for (int width = 0; width <= MaxLength; width += 2)
        {
            float[] x = Values(random, width);
            float[] cos = Values(random, width);
            float[] sin = Values(random, width);
            float[] expected = Rotate(scalar, x, cos, sin);
            float[] actual = Rotate(kernels, x, cos, sin);
            for (int i = 0; i < width; i++)
            {
                AssertClose(expected[i], actual[i], 4 * Unit * (Math.Abs(x[i] * cos[i]) + Math.Abs(x[i ^ 1] * sin[i])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void SoftmaxTile_ThreeTiles_MatchesTheScalarTwin(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        KernelTable scalar = KernelCatalog.Select("scalar");
        Random random = new(Seed.Of(this));
        for (int count = 1; count <= MaxLength; count++)
        {
            (float max, float sum, float expectedMax, float expectedSum) = (float.NegativeInfinity, 0, float.NegativeInfinity, 0);
            for (int tile = 0; tile < 3; tile++)
            {
                float[] scores = Values(random, count);
                (float[] expected, float expectedFactor) = Weigh(scalar, scores, ref expectedMax, ref expectedSum);
                (float[] actual, float factor) = Weigh(kernels, scores, ref max, ref sum);
                Assert.Equal(expectedMax, max);
                AssertClose(expectedFactor, factor, 1e-6);
                AssertClose(expectedSum, sum, (Chain(count) + (40 * Unit)) * expectedSum);
                for (int i = 0; i < count; i++)
                {
                    AssertClose(expected[i], actual[i], ((6 * Unit) + (3 * Unit * 2 * (Math.Abs(2.5 * scores[i]) + Math.Abs(max)))) * expected[i]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void WeightedSum_AllWidths_StaysWithinTheBoundAndRowsKeepTheirBits(string variant)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        KernelTable scalar = KernelCatalog.Select("scalar");
        Random random = new(Seed.Of(this));
        for (int width = 0; width <= MaxLength; width++)
        {
            (int rows, int count, bool grows) = (1 + (width % 11), width % 19, width % 3 == 0);
            int first = grows ? count / 2 : count;
            float[] weights = Values(random, rows * count);
            float[] values = Values(random, count * width);
            float[] y = Values(random, rows * width);
            float[] expected = Sum(scalar, weights, values, y, rows, first, grows);
            float[] actual = Sum(kernels, weights, values, y, rows, first, grows);
            for (int i = 0; i < rows * width; i++)
            {
                (int row, int column) = (i / width, i % width);
                int seen = grows ? Math.Min(first + row, count) : count;
                double size = Math.Abs(Factor(row) * y[i])
                    + Enumerable.Range(0, seen).Sum(s => Math.Abs((double)weights[(row * count) + s] * values[(s * width) + column]));
                AssertClose(expected[i], actual[i], (seen + 2) * Unit * size);
            }

            for (int row = 0; row < rows; row++)
            {
                int seen = grows ? Math.Min(first + row, count) : count;
                float[] alone = Sum(
                    kernels, weights[(row * count)..((row + 1) * count)], values, y[(row * width)..((row + 1) * width)], 1, seen, false, row);
                Assert.Equal(
                    Array.ConvertAll(alone, BitConverter.SingleToInt32Bits),
                    Array.ConvertAll(actual[(row * width)..((row + 1) * width)], BitConverter.SingleToInt32Bits));
            }
        }
    }

    private static float Factor(int row) => 0.4f + (0.1f * row);

    private static double Chain(int width) => (Math.Ceiling(width / 4.0) + 20) * Unit;

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];

    private static void AssertClose(double expected, double actual, double bound) =>
        Assert.True(Math.Abs(expected - actual) <= bound + 1e-37, $"expected {expected}, actual {actual}, bound {bound}");

    private static void Check(float[] actual, float[] exact, float[] weights, float[] x, int outs, int width)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            double size = 0;
            for (int k = 0; k < width; k++)
            {
                size += Math.Abs((double)weights[(i % outs * width) + k] * x[(i / outs * width) + k]);
            }

            AssertClose(exact[i], actual[i], (Chain(width) * size) + (Unit * Math.Abs(exact[i])));
        }
    }

    private static float[] Product<T>(delegate*<in MatMulArgs, void> kernel, T[] weights, float[] x, int outs, int width, int rows, int[]? xRows = null)
        where T : unmanaged
    {
        using GuardedMemory w = GuardedMemory.Of<T>(weights);
        using GuardedMemory input = GuardedMemory.Of<float>(x);
        using GuardedMemory output = new(outs * rows * sizeof(float));
        using GuardedMemory numbers = GuardedMemory.Of<int>(xRows ?? []);
        MatMulArgs args = new()
        {
            Weights = w.Start,
            WeightStride = width,
            InWidth = width,
            OutCount = outs,
            X = (float*)input.Start,
            XStride = width,
            XRows = xRows is null ? null : (int*)numbers.Start,
            Rows = rows,
            Y = (float*)output.Start,
            YStride = outs,
        };
        kernel(in args);
        return new Span<float>(output.Start, outs * rows).ToArray();
    }

    private static float[] Norm(KernelTable kernels, float[] x, float[] weight)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(x);
        using GuardedMemory w = GuardedMemory.Of<float>(weight);
        kernels.RmsNorm((float*)input.Start, (float*)w.Start, x.Length, 1e-5f, (float*)input.Start);
        return new Span<float>(input.Start, x.Length).ToArray();
    }

    private static float[] Gate(KernelTable kernels, float[] gate, float[] up)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(gate);
        using GuardedMemory other = GuardedMemory.Of<float>(up);
        kernels.Swiglu((float*)input.Start, (float*)other.Start, gate.Length, (float*)input.Start);
        return new Span<float>(input.Start, gate.Length).ToArray();
    }

    private static float[] Axpy(KernelTable kernels, float[] x, float[] y)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(x);
        using GuardedMemory output = GuardedMemory.Of<float>(y);
        kernels.Axpy(1.7f, (float*)input.Start, x.Length, (float*)output.Start);
        return new Span<float>(output.Start, y.Length).ToArray();
    }

    private static float[] Rotate(KernelTable kernels, float[] x, float[] cos, float[] sin)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(x);
        using GuardedMemory cosines = GuardedMemory.Of<float>(cos);
        using GuardedMemory sines = GuardedMemory.Of<float>(sin);
        kernels.Rope((float*)input.Start, (float*)cosines.Start, (float*)sines.Start, x.Length);
        return new Span<float>(input.Start, x.Length).ToArray();
    }

    private static (float[] Weights, float Factor) Weigh(KernelTable kernels, float[] scores, ref float max, ref float sum)
    {
        using GuardedMemory input = GuardedMemory.Of<float>(scores);
        float factor = kernels.SoftmaxTile((float*)input.Start, scores.Length, 2.5f, ref max, ref sum);
        return (new Span<float>(input.Start, scores.Length).ToArray(), factor);
    }

    private static float[] Sum(
        KernelTable kernels, float[] weights, float[] values, float[] y, int rows, int first, bool grows, int firstRow = 0)
    {
        using GuardedMemory w = GuardedMemory.Of<float>(weights);
        using GuardedMemory v = GuardedMemory.Of<float>(values);
        using GuardedMemory to = GuardedMemory.Of<float>(y);
        using GuardedMemory factors = GuardedMemory.Of<float>([.. Enumerable.Range(firstRow, rows).Select(Factor)]);
        kernels.WeightedSum(new WeightedSumArgs
        {
            Weights = (float*)w.Start,
            WeightStride = weights.Length / rows,
            Rows = rows,
            FirstCount = first,
            Grows = grows,
            Values = (float*)v.Start,
            ValueStride = y.Length / rows,
            ValueCount = weights.Length / rows,
            Width = y.Length / rows,
            Factors = (float*)factors.Start,
            Y = (float*)to.Start,
            YStride = y.Length / rows,
        });
        return new Span<float>(to.Start, y.Length).ToArray();
    }
}
