using System.Runtime.InteropServices;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>
/// Products with block formats equal those with the same weights widened to float32, bit for bit, in every float variant: widening
/// is exact and the order of sums is the float32 kernel's. So every bound of that kernel holds for them too. Weights end at
/// a guard page.
/// </summary>
public unsafe class BlockProductTests
{
    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> data = [];
        foreach (string variant in ModelDriver.FloatVariants)
        {
            foreach (BlockType type in BlockDecoder.Readable)
            {
                data.Add(variant, type.ToString());
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_AnyReadableFormat_EqualsTheWidenedProduct(string variant, string typeName)
    {
        BlockType type = Enum.Parse<BlockType>(typeName);
        KernelTable kernels = KernelCatalog.Select(variant);
        Random random = new(Seed.Of(this));
        BlockFormat format = BlockFormat.Of(type);
        foreach ((int outs, int blocks, int rows) in new[] { (1, 1, 1), (3, 2, 1), (4, 1, 4), (9, 3, 7), (18, 5, 5) })
        {
            int columns = blocks * Math.Max(format.Elements, 32);
            byte[] bytes = RandomBlocks(random, type, outs * columns / format.Elements);
            float[] widened = new float[outs * columns];
            BlockDecoder.Decode(type, bytes, widened);
            float[] x = [.. Enumerable.Range(0, rows * columns).Select(_ => (random.NextSingle() * 2) - 1)];
            float[] expected = Product(kernels, BlockType.F32, MemoryMarshal.AsBytes(widened.AsSpan()), x, outs, columns, rows);
            float[] actual = Product(kernels, type, bytes, x, outs, columns, rows);
            Assert.Equal(Bits(expected), Bits(actual));
            Assert.All(actual, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void HalfBits_EveryFiniteFloat16_IsWidenedExactly()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsFinite(half))
            {
                Assert.Equal(
                    BitConverter.SingleToInt32Bits((float)half), BitConverter.SingleToInt32Bits(HalfBits.ToSingle((ushort)bits)));
            }
        }
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static byte[] RandomBlocks(Random random, BlockType type, int count)
    {
        int bytesPer = BlockFormat.Of(type).Bytes;
        byte[] bytes = new byte[count * bytesPer];
        random.NextBytes(bytes);
        GoldenScales.Set(type, bytes, random);
        return bytes;
    }

    private static float[] Product(
        KernelTable kernels, BlockType type, ReadOnlySpan<byte> weights, float[] x, int outs, int columns, int rows)
    {
        using GuardedMemory memory = GuardedMemory.Of(weights);
        float[] y = new float[rows * outs];
        fixed (float* input = x, output = y)
        {
            WeightMatrix matrix = new(type, outs, columns, memory.Start);
            RowBlock from = new(input, rows, columns, columns);
            RowBlock to = new(output, rows, outs, outs);
            int half = outs / 2;
            Linear.Apply(kernels, matrix, from, to, new PartRange(0, half));
            Linear.Apply(kernels, matrix, from, to, new PartRange(half, outs - half));
        }

        return y;
    }
}
