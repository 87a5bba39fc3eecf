using Baltoro.Engine.Weights.Blocks;
using CsCheck;

namespace Baltoro.Engine.Tests.Weights.Blocks;

/// <summary>Error bounds are derived from the formats' definitions, see each test.</summary>
public sealed class BlockEncoderTests
{
    private static readonly Gen<float[]> Rows =
        from scale in Gen.Int[0, 3].Select(i => new[] { 1e-3f, 0.02f, 1f, 300f }[i])
        from values in Gen.Float[-1f, 1f].Array[32]
        select Array.ConvertAll(values, v => v * scale);

    /// <summary>
    /// Half a step, plus what float16 rounding of d and m does to the largest code (relative 2^-11; below 2^-14 float16 is
    /// subnormal and rounds by up to 2^-25 whatever the value), plus float32 rounding.
    /// Q4_0 and Q5_0 have no code for the mirror of the largest value: there one whole step may be lost.
    /// </summary>
    [Theory]
    [InlineData(BlockType.Q8_0)]
    [InlineData(BlockType.Q4_0)]
    [InlineData(BlockType.Q4_1)]
    [InlineData(BlockType.Q5_0)]
    [InlineData(BlockType.Q5_1)]
    internal void EncodeDecode_AnyRow_StaysWithinTheStep(BlockType type) => Rows.Sample(row =>
    {
        float[] back = RoundTrip(type, row);
        double largest = row.Max(v => Math.Abs((double)v));
        double range = (double)row.Max() - row.Min();
        double step = type switch
        {
            BlockType.Q8_0 => largest / 127 / 2,
            BlockType.Q4_0 => largest / 8,
            BlockType.Q5_0 => largest / 16,
            BlockType.Q4_1 => range / 15 / 2,
            _ => range / 31 / 2,
        };
        double subnormal = (LargestCode(type) + 1) * Math.ScaleB(1, -25);
        double bound = step + ((largest + range) * Math.ScaleB(1, -10)) + subnormal + Math.ScaleB(1, -24);
        for (int i = 0; i < row.Length; i++)
        {
            Assert.True(Math.Abs((double)row[i] - back[i]) <= bound, $"{type}[{i}]: {row[i]} became {back[i]}, bound {bound}");
        }
    });

    /// <summary>What a format stores it stores again unchanged, once its scale is the one it would choose itself.</summary>
    [Theory]
    [InlineData(BlockType.F32)]
    [InlineData(BlockType.F16)]
    [InlineData(BlockType.BF16)]
    [InlineData(BlockType.Q8_0)]
    [InlineData(BlockType.Q4_0)]
    internal void EncodeDecode_Twice_ChangesNothingMore(BlockType type) => Rows.Sample(row =>
    {
        float[] once = RoundTrip(type, row);
        if (type is BlockType.Q8_0 && Math.Abs(once.MaxBy(MathF.Abs)) == 0)
        {
            return;
        }

        float[] twice = RoundTrip(type, once);
        Assert.Equal(once, twice);
    });

    [Theory]
    [InlineData(BlockType.Q8_0)]
    [InlineData(BlockType.Q4_0)]
    [InlineData(BlockType.Q4_1)]
    [InlineData(BlockType.Q5_0)]
    [InlineData(BlockType.Q5_1)]
    internal void Encode_ZerosOrEqualValues_AreKept(BlockType type)
    {
        Assert.All(RoundTrip(type, new float[32]), v => Assert.Equal(0f, v));
        Assert.All(RoundTrip(type, [.. Enumerable.Repeat(-0.5f, 32)]), v => Assert.Equal(-0.5, v, 3));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e38f)]
    public void Encode_ValueThatDoesNotFit_IsRefused(float value)
    {
        float[] row = new float[32];
        row[7] = value;
        foreach (BlockType type in BlockEncoder.Writable)
        {
            bool holds = float.IsFinite(value) && type is (BlockType.F32 or BlockType.BF16);
            if (!holds)
            {
                Assert.Throws<NotFiniteNumberException>(() => RoundTrip(type, row));
            }
        }
    }

    [Fact]
    public void Encode_OracleRows_GivesTheSameBytes()
    {
        using BinaryReader reader = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "data", "blocks", "quantized.bin")));
        int count = reader.ReadInt32();
        Assert.True(count > 100);
        for (int row = 0; row < count; row++)
        {
            float[] values = [.. Enumerable.Range(0, 32).Select(_ => reader.ReadSingle())];
            foreach (BlockType type in new[] { BlockType.Q8_0, BlockType.Q4_0, BlockType.Q4_1, BlockType.Q5_0, BlockType.Q5_1 })
            {
                byte[] expected = reader.ReadBytes(BlockFormat.Of(type).Bytes);
                byte[] blocks = new byte[expected.Length];
                BlockEncoder.Encode(type, values, blocks);
                Assert.True(expected.AsSpan().SequenceEqual(blocks), $"{type}, row {row}: {Convert.ToHexString(blocks)}");
            }
        }
    }

    [Fact]
    public void RoundToBf16_EveryFloat_IsTheNearestWithTiesToEven() => Gen.Float.Sample(value =>
    {
        ushort bits = BlockEncoder.RoundToBf16(value);
        if (float.IsNaN(value))
        {
            Assert.True(float.IsNaN(Widen(bits)));
            return;
        }

        double error = Math.Abs((double)Widen(bits) - value);
        double below = Math.Abs((double)Widen((ushort)(bits - 1)) - value);
        double above = Math.Abs((double)Widen((ushort)(bits + 1)) - value);
        bool nearest = (double.IsNaN(below) || error <= below) && (double.IsNaN(above) || error <= above);
        Assert.True(nearest || float.IsInfinity(Widen(bits)));
    });

    private static int LargestCode(BlockType type) => type switch
    {
        BlockType.Q8_0 => 127,
        BlockType.Q4_0 => 8,
        BlockType.Q5_0 => 16,
        BlockType.Q4_1 => 15,
        _ => 31,
    };

    private static float Widen(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);

    private static float[] RoundTrip(BlockType type, float[] row)
    {
        byte[] blocks = new byte[BlockFormat.Of(type).RowBytes(row.Length)];
        float[] back = new float[row.Length];
        BlockEncoder.Encode(type, row, blocks);
        BlockDecoder.Decode(type, blocks, back);
        return back;
    }
}
