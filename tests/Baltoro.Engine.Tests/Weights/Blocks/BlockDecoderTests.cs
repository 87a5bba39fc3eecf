using Baltoro.Engine.Weights.Blocks;
using CsCheck;

namespace Baltoro.Engine.Tests.Weights.Blocks;

public sealed class BlockDecoderTests
{
    [Fact]
    public void Decode_GoldenBlocks_MatchesTwoIndependentDecoders()
    {
        foreach (GoldenBlocks.Golden golden in GoldenBlocks.All)
        {
            float[] values = new float[BlockFormat.Of(golden.Type).Elements];
            BlockDecoder.Decode(golden.Type, GoldenBlocks.BytesOf(golden), values);
            Assert.True(golden.Sum == values.Sum(v => (double)v), $"{golden.Type}: sum {values.Sum(v => (double)v)}");
            Assert.Equal(golden.WeightedSum, values.Select((v, k) => (k + 1.0) * v).Sum());
            foreach (string sample in golden.Samples.Split(' '))
            {
                string[] parts = sample.Split(':');
                float found = values[int.Parse(parts[0])];
                Assert.True(float.Parse(parts[1]) == found, $"{golden.Type}[{parts[0]}]: {found} is not {parts[1]}");
            }
        }
    }

    [Fact]
    public void Decode_EveryReadableType_HasAGoldenBlockOrIsPlain()
    {
        IEnumerable<BlockType> covered = GoldenBlocks.All.Select(g => g.Type).Concat([BlockType.F32, BlockType.F16, BlockType.BF16]);
        Assert.Equal(BlockDecoder.Readable.Order(), covered.Order());
    }

    [Fact]
    public void Decode_PlainTypes_GivesTheStoredNumbers()
    {
        float[] expected = [0f, 1.5f, -2f, 0.0078125f];
        float[] values = new float[4];
        BlockDecoder.Decode(BlockType.F32, [.. expected.SelectMany(BitConverter.GetBytes)], values);
        Assert.Equal(expected, values);
        BlockDecoder.Decode(BlockType.F16, [.. expected.SelectMany(v => BitConverter.GetBytes((Half)v))], values);
        Assert.Equal(expected, values);
        BlockDecoder.Decode(BlockType.BF16, [.. expected.SelectMany(v => BitConverter.GetBytes(v)[2..])], values);
        Assert.Equal(expected, values);
    }

    [Fact]
    public void Decode_RowCutAnywhere_GivesTheSameValues() =>
        Gen.Select(Gen.Byte.Array[84 * 110], Gen.Int[0, BlockDecoder.Readable.Count - 1].Select(i => BlockDecoder.Readable[i]))
        .Sample((bytes, type) =>
        {
            BlockFormat format = BlockFormat.Of(type);
            int count = bytes.Length / format.Bytes;
            float[] whole = new float[count * format.Elements];
            BlockDecoder.Decode(type, bytes.AsSpan(0, count * format.Bytes), whole);
            float[] one = new float[format.Elements];
            int block = count / 2;
            BlockDecoder.Decode(type, bytes.AsSpan(block * format.Bytes, format.Bytes), one);
            Assert.True(one.AsSpan().SequenceEqual(whole.AsSpan(block * format.Elements, format.Elements)) || one.Any(float.IsNaN));
        }, iter: 50);

    [Fact]
    public void Decode_SizesThatDisagree_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => BlockDecoder.Decode(BlockType.Q8_0, new byte[34], new float[31]));
        Assert.Throws<ArgumentException>(() => BlockDecoder.Decode(BlockType.Q8_0, new byte[33], new float[32]));
        Assert.Throws<ArgumentException>(() => BlockDecoder.Decode(BlockType.IQ4_XS, new byte[136], new float[256]));
    }
}
