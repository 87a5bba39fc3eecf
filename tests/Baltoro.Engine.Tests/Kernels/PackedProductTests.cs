using Baltoro.Engine.Kernels;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>
/// Products of tiled weights with int8 rows in every variant: against the scalar twin within the bound of docs/numerics.md, and
/// against one float32 chain written out here bit for bit, so that no block shape, row count or variant changes a value.
/// Weights, rows and outputs end at guard pages.
/// </summary>
public unsafe class PackedProductTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> data = [];
        foreach (string variant in KernelCatalog.Supported.Where(name => KernelCatalog.Select(name).Packed is not null))
        {
            data.Add(variant, 4);
            data.Add(variant, 8);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Product_AnyShape_IsTheChainOfTheDefinition(string variant, int bits)
    {
        PackedKernels kernels = KernelCatalog.Select(variant).Packed!;
        Random random = new(Seed.Of(this));
        foreach ((int outs, int groups, int rows) in Shapes(random))
        {
            using Sample sample = new(random, new TileFormat(bits), outs, groups, rows);
            float[] actual = sample.Product(kernels);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < outs; column++)
                {
                    (float chain, double exact, double size) = sample.Expected(row, column);
                    float value = actual[(row * outs) + column];
                    Assert.True(
                        Math.Abs(value - exact) <= ((groups + 3) * Unit * size) + 1e-37,
                        $"{outs} outputs, {groups} groups, {rows} rows, at {row}, {column}: {value}, exact {exact}");
                    if (variant != "int8-scalar")
                    {
                        Assert.Equal(BitConverter.SingleToInt32Bits(chain), BitConverter.SingleToInt32Bits(value));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Product_RowNumbers_ReadTheNamedRows(string variant, int bits)
    {
        PackedKernels kernels = KernelCatalog.Select(variant).Packed!;
        Random random = new(Seed.Of(this));
        foreach (int count in new[] { 3, 8, 21 })
        {
            using Sample sample = new(random, new TileFormat(bits), outs: 48, groups: 18, rows: 5);
            float[] all = sample.Product(kernels);
            int[] numbers = [.. Enumerable.Range(0, count).Select(_ => random.Next(5))];
            float[] picked = sample.Product(kernels, numbers);
            for (int row = 0; row < count; row++)
            {
                Assert.Equal(all[(numbers[row] * 48)..((numbers[row] + 1) * 48)], picked[(row * 48)..((row + 1) * 48)]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Product_RowThatIsNotFinite_GivesNaNInThatRowOnly(string variant, int bits)
    {
        PackedKernels kernels = KernelCatalog.Select(variant).Packed!;
        Random random = new(Seed.Of(this));
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            using Sample sample = new(random, new TileFormat(bits), outs: 20, groups: 3, rows: 9, bad, badRow: 4);
            float[] y = sample.Product(kernels);
            for (int i = 0; i < y.Length; i++)
            {
                Assert.Equal(i / 20 == 4, float.IsNaN(y[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantize_AnyRow_EqualsTheScalarTwinAndStaysWithinHalfAStep(string variant, int bits)
    {
        PackedKernels kernels = KernelCatalog.Select(variant).Packed!;
        Random random = new(Seed.Of(this) + bits);
        float[] x = [.. Enumerable.Range(0, 64 * 32).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(10, (i / 32) - 44))];
        x.AsSpan(320, 32).Clear();
        x[700] = float.NaN;
        x[800] = float.NegativeInfinity;
        QuantGroup[] expected = Quantize(KernelCatalog.Select("int8-scalar").Packed!, x);
        QuantGroup[] actual = Quantize(kernels, x);
        for (int group = 0; group < expected.Length; group++)
        {
            QuantGroup wanted = expected[group];
            QuantGroup found = actual[group];
            Assert.Equal(new ReadOnlySpan<byte>(&wanted, sizeof(QuantGroup)).ToArray(), new ReadOnlySpan<byte>(&found, sizeof(QuantGroup)).ToArray());
            Assert.Equal(group is 21 or 25, float.IsNaN(found.Scale));
            for (int i = 0; i < 32 && !float.IsNaN(found.Scale); i++)
            {
                float value = x[(group * 32) + i];
                Assert.InRange(Math.Abs(value - ((double)found.Codes[i] * found.Scale)), 0, (0.5001 * found.Scale) + 2e-36);
            }
        }
    }

    private static QuantGroup[] Quantize(PackedKernels kernels, float[] x)
    {
        using GuardedMemory from = GuardedMemory.Of<float>(x);
        using GuardedMemory to = new(x.Length / 32 * sizeof(QuantGroup));
        kernels.Quantize((float*)from.Start, x.Length / 32, (QuantGroup*)to.Start);
        return new Span<QuantGroup>(to.Start, x.Length / 32).ToArray();
    }

    private static IEnumerable<(int Outs, int Groups, int Rows)> Shapes(Random random)
    {
        for (int rows = 1; rows <= 27; rows++)
        {
            yield return (1 + random.Next(70), 1 + random.Next(40), rows);
        }

        foreach (int outs in new[] { 1, 15, 16, 17, 31, 32, 33, 48, 64 })
        {
            yield return (outs, 17, 1);
            yield return (outs, 16, 9);
            yield return (outs, 33, 14);
        }

        yield return (40, 0, 3);
        yield return (33, 300, 170);
    }

    /// <summary>Random weights in tiles, random rows, and the product's definition.</summary>
    private sealed class Sample : IDisposable
    {
        private readonly TileFormat _format;
        private readonly int _outs;
        private readonly int _groups;
        private readonly int _rows;
        private readonly GuardedMemory _tiles;
        private readonly GuardedMemory _x;

        public Sample(Random random, TileFormat format, int outs, int groups, int rows, float bad = 0, int badRow = -1)
        {
            (_format, _outs, _groups, _rows) = (format, outs, groups, rows);
            BlockType type = format.Bits == 4 ? BlockType.Q4_0 : BlockType.Q8_0;
            int rowBytes = groups * BlockFormat.Of(type).Bytes;
            byte[] blocks = new byte[outs * rowBytes];
            random.NextBytes(blocks);
            GoldenScales.Set(type, blocks, random);
            int tileCount = (outs + 15) / 16;
            _tiles = new GuardedMemory(tileCount * 16 * rowBytes);
            fixed (byte* start = blocks)
            {
                for (int tile = 0; tile < tileCount; tile++)
                {
                    int count = Math.Min(16, outs - (tile * 16));
                    TilePacker.Pack(format, start + (tile * 16 * rowBytes), rowBytes, count, groups, _tiles.Start + (tile * 16 * rowBytes));
                }
            }

            float[] values = [.. Enumerable.Range(0, rows * groups * 32).Select(_ => (random.NextSingle() * 4) - 2)];
            if (badRow >= 0)
            {
                values[(badRow * groups * 32) + 40] = bad;
            }

            _x = new GuardedMemory(rows * groups * sizeof(QuantGroup));
            fixed (float* start = values)
            {
                ScalarPackedKernels.Quantize(start, rows * groups, (QuantGroup*)_x.Start);
            }
        }

        public float[] Product(PackedKernels kernels, int[]? numbers = null)
        {
            int rows = numbers?.Length ?? _rows;
            using GuardedMemory y = new(rows * _outs * sizeof(float));
            using GuardedMemory picks = GuardedMemory.Of<int>(numbers ?? []);
            kernels.Product(new PackedArgs
            {
                Format = _format,
                Weights = _tiles.Start,
                Groups = _groups,
                OutCount = _outs,
                X = (QuantGroup*)_x.Start,
                XStride = _groups,
                XRows = numbers is null ? null : (int*)picks.Start,
                Rows = rows,
                Y = (float*)y.Start,
                YStride = _outs,
            });
            return new Span<float>(y.Start, rows * _outs).ToArray();
        }

        public (float Chain, double Exact, double Size) Expected(int row, int column)
        {
            (float chain, double exact, double size) = (0, 0, 0);
            byte* group = _tiles.Start + (column / 16 * (nint)_groups * _format.GroupBytes);
            QuantGroup* x = (QuantGroup*)_x.Start + ((nint)row * _groups);
            for (int i = 0; i < _groups; i++, group += _format.GroupBytes, x++)
            {
                int dot = TileReader.Dot(_format, group, column % 16, x);
                float scale = TileReader.Scale(_format, group, column % 16);
                chain = MathF.FusedMultiplyAdd(dot, scale * x->Scale, chain);
                exact += (double)dot * scale * x->Scale;
                size += Math.Abs((double)dot * scale * x->Scale);
            }

            return (chain, exact, size);
        }

        public void Dispose()
        {
            _tiles.Dispose();
            _x.Dispose();
        }
    }
}
