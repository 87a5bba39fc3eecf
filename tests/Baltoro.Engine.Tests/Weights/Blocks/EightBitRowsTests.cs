using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Weights.Blocks;

/// <summary>Random blocks of every format that becomes Q8_0: the same values where that is possible, else half a step away at the most.</summary>
public class EightBitRowsTests
{
    private const int Columns = 512;
    private const int GroupSize = 32;

    public static TheoryData<BlockType> Types() => [.. Enum.GetValues<BlockType>().Where(EightBitRows.Takes)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Encode_RandomBlocks_StaysWithinHalfAStep(BlockType type)
    {
        Random random = new(Seed.Of(this));
        for (int round = 0; round < 50; round++)
        {
            byte[] row = RandomRow(type, random, out float[] expected);
            byte[] target = new byte[BlockFormat.Of(BlockType.Q8_0).RowBytes(Columns)];
            EightBitRows.Encode(type, row, new float[Columns], target);
            float[] actual = new float[Columns];
            BlockDecoder.Decode(BlockType.Q8_0, target, actual);
            bool keeps = type is BlockType.Q5_0 or BlockType.IQ4_NL;
            for (int i = 0; i < Columns; i++)
            {
                float largest = expected.AsSpan(i / GroupSize * GroupSize, GroupSize).ToArray().Max(MathF.Abs);

                // Half a step of a 127th, and the rounding of the scale to float16, 2^-11, 127 steps away from zero; subnormal scales lose more.
                double bound = keeps ? 0 : (largest * ((0.5 / 127) + (1.0 / 2048))) + (127 * 3e-8);
                Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"{type}, column {i}: {expected[i]} became {actual[i]}");
            }
        }
    }

    [Fact]
    public void Encode_ScaleNotFinite_IsRefused()
    {
        byte[] row = new byte[BlockFormat.Of(BlockType.Q5_0).RowBytes(GroupSize)];
        row[1] = 0x7C;
        Assert.Throws<NotFiniteNumberException>(() => EightBitRows.Encode(BlockType.Q5_0, row, new float[GroupSize], new byte[34]));
    }

    /// <summary>Random bytes; drawn again until all values are finite and fit float16.</summary>
    private static byte[] RandomRow(BlockType type, Random random, out float[] values)
    {
        BlockFormat format = BlockFormat.Of(type);
        byte[] row = new byte[format.RowBytes(Columns)];
        values = new float[Columns];
        for (int block = 0; block * format.Elements < Columns; block++)
        {
            Span<byte> bytes = row.AsSpan(block * format.Bytes, format.Bytes);
            Span<float> part = values.AsSpan(block * format.Elements, format.Elements);
            do
            {
                random.NextBytes(bytes);
                BlockDecoder.Decode(type, bytes, part);
            }
            while (part.ContainsAnyExceptInRange(-8e6f, 8e6f));
        }

        return row;
    }
}
