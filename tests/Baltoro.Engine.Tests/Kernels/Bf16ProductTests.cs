using Baltoro.Engine.Kernels;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>
/// Products of bfloat16 matrices against the scalar twin, in buffers that end at guard pages. Each k adds at most two roundings
/// to the chain, and the instruction takes subnormal numbers for zero.
/// </summary>
public unsafe class Bf16ProductTests
{
    private const double Unit = 1.0 / (1 << 24);
    private const double Subnormal = 1.2e-38;

    public static TheoryData<string> Variants() => [.. KernelCatalog.Supported.Where(name => KernelCatalog.Select(name).Bf16 is not null)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Product_AnyShape_StaysWithinTheBoundAndRowsKeepTheirBits(string variant)
    {
        Bf16Kernels kernels = KernelCatalog.Select(variant).Bf16!;
        Bf16Kernels scalar = KernelCatalog.Select("int8-scalar").Bf16!;
        Random random = new(Seed.Of(this));
        for (int rows = 1; rows <= 41; rows++)
        {
            int depth = 8 * (1 + random.Next(20));
            bool resumes = rows % 2 == 0;
            bool single = rows % 3 == 0;
            int lanes = single ? 16 : 32;
            ushort[] a = Halves(random, rows * depth);
            ushort[] b = Halves(random, depth * lanes);
            float[] c = [.. Enumerable.Range(0, rows * 32).Select(_ => random.NextSingle() - 0.5f)];
            float[]? factors = resumes ? [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle())] : null;
            float[] expected = Product(scalar, a, b, c, factors, rows, depth, single);
            float[] actual = Product(kernels, a, b, c, factors, rows, depth, single);
            for (int row = 0; row < rows; row++)
            {
                float[] alone = Product(kernels, a[(row * depth)..((row + 1) * depth)], b, c[(row * 32)..((row + 1) * 32)], factors, 1, depth, single);
                Assert.Equal(Array.ConvertAll(alone, BitConverter.SingleToInt32Bits), Array.ConvertAll(actual[(row * 32)..((row + 1) * 32)], BitConverter.SingleToInt32Bits));
                for (int lane = 0; lane < lanes; lane++)
                {
                    double size = Math.Abs((factors?[lane] ?? 0) * c[(row * 32) + lane]);
                    for (int k = 0; k < depth; k++)
                    {
                        size += Math.Abs((double)Widen(a[(row * depth) + k]) * Widen(b[(lane / 16 * depth * 16) + (k / 2 * 32) + (lane % 16 * 2) + (k % 2)]));
                    }

                    double error = Math.Abs(expected[(row * 32) + lane] - actual[(row * 32) + lane]);
                    Assert.True(error <= (((2 * depth) + 3) * Unit * size) + (depth * Subnormal), $"{rows} rows, depth {depth}: {error}");
                }
            }
        }
    }

    [Fact]
    public void Softmax_BlockOfPositions_MatchesEachRowAlone()
    {
        Random random = new(Seed.Of(this));
        const int FirstPosition = 160;
        const int Keys = PromptKernels.TileKeys;
        float[] max = [.. Enumerable.Repeat(float.NegativeInfinity, 32)];
        float[] sum = new float[32];
        double[] weightedSum = new double[32];
        for (int tile = 0; tile < 2 * Keys; tile += Keys)
        {
            int keys = Math.Min(Keys, FirstPosition + 32 - tile);
            float[] scores = [.. Enumerable.Range(0, Keys * 32).Select(_ => (random.NextSingle() - 0.5f) * 20)];
            float[] work = [.. scores];
            float[] factors = new float[32];
            ushort[] weights = new ushort[Keys * 32];
            float[] before = [.. max];
            fixed (float* s = work, m = max, l = sum, f = factors)
            fixed (ushort* w = weights)
            {
                PromptKernels.Softmax(s, keys, tile, FirstPosition, 0.5f, m, l, f, w);
            }

            for (int lane = 0; lane < 32; lane++)
            {
                int seen = Math.Min(keys, FirstPosition + lane + 1 - tile);
                float largest = Math.Max(before[lane], Enumerable.Range(0, seen).Max(key => scores[(key * 32) + lane] * 0.5f));
                Assert.Equal(largest, max[lane]);
                Assert.Equal(tile == 0 ? 0 : Math.Exp(before[lane] - largest), factors[lane], 1e-6);
                weightedSum[lane] *= factors[lane];
                for (int key = 0; key < keys; key++)
                {
                    float weight = Widen(weights[(lane / 16 * Keys * 16) + (key / 2 * 32) + (lane % 16 * 2) + (key % 2)]);
                    double expected = key < seen ? Math.Exp((scores[(key * 32) + lane] * 0.5) - largest) : 0;
                    Assert.InRange(Math.Abs(weight - expected), 0, expected * 0.004);
                    weightedSum[lane] += weight;
                }
            }
        }

        for (int lane = 0; lane < 32; lane++)
        {
            Assert.Equal(weightedSum[lane], sum[lane], 1e-4 * weightedSum[lane]);
        }
    }

    [Fact]
    public void Softmax_OneKeyPerTileFarApart_FollowsTheExponential()
    {
        for (float gap = 0; gap < 120; gap += 0.37f)
        {
            float[] scores = new float[2 * 32];
            scores.AsSpan(32).Fill(-gap);
            float[] max = [.. Enumerable.Repeat(float.NegativeInfinity, 32)];
            float[] sum = new float[32];
            float[] factors = new float[32];
            ushort[] weights = new ushort[PromptKernels.TileKeys * 32];
            fixed (float* s = scores, m = max, l = sum, f = factors)
            fixed (ushort* w = weights)
            {
                PromptKernels.Softmax(s, 2, 0, 1, 1, m, l, f, w);
                m[0] = -gap;
                s[0] = s[32] = 0;
                PromptKernels.Softmax(s, 2, 0, 1, 1, m, l, f, w);
            }

            double expected = gap > 87 ? 0 : Math.Exp(-gap);
            Assert.InRange(Math.Abs(factors[0] - expected), 0, expected / (1 << 21));
        }
    }

    [Fact]
    public void Round_AnyLength_IsTheEncodersRounding()
    {
        Random random = new(Seed.Of(this));
        for (int count = 0; count <= 100; count++)
        {
            float[] values = [.. Enumerable.Range(0, count).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.Next() & 0x7F7FFFFF))];
            using GuardedMemory from = GuardedMemory.Of<float>(values);
            using GuardedMemory to = new(count * sizeof(ushort));
            PromptKernels.Round((float*)from.Start, count, (ushort*)to.Start);
            Assert.Equal(values.Select(BlockEncoder.RoundToBf16), new Span<ushort>(to.Start, count).ToArray());
        }
    }

    private static float Widen(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);

    private static ushort[] Halves(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => BlockEncoder.RoundToBf16(random.NextSingle() - 0.5f))];

    private static float[] Product(Bf16Kernels kernels, ushort[] a, ushort[] b, float[] c, float[]? factors, int rows, int depth, bool single)
    {
        using GuardedMemory left = GuardedMemory.Of<ushort>(a);
        using GuardedMemory right = GuardedMemory.Of<ushort>(b);
        using GuardedMemory result = GuardedMemory.Of<float>(c);
        using GuardedMemory scales = GuardedMemory.Of<float>(factors ?? []);
        kernels.Product(new Bf16Args
        {
            A = (ushort*)left.Start,
            AStride = depth,
            Rows = rows,
            Depth = depth,
            B = (ushort*)right.Start,
            PanelStride = depth * 16,
            Single = single,
            C = (float*)result.Start,
            CStride = 32,
            Factors = factors is null ? null : (float*)scales.Start,
        });
        return new Span<float>(result.Start, c.Length).ToArray();
    }
}
