using System.Buffers.Binary;
using Baltoro.Engine.Weights.Blocks;
using CsCheck;

namespace Baltoro.Engine.Tests.Weights.Blocks;

public sealed class Int4GroupsTests
{
    private const int GroupCount = 3;

    /// <summary>Codes 0..15 in any order, scales of any bfloat16 that float16 holds.</summary>
    private static readonly Gen<(byte[] Packed, byte[] Scales)> Groups =
        from packed in Gen.Byte.Array[16 * GroupCount]
        from scales in Gen.Float[1e-4f, 8f].Array[GroupCount]
        select (packed, scales.SelectMany(s => BitConverter.GetBytes(BlockEncoder.RoundToBf16(s))).ToArray());

    [Fact]
    public void Decode_Words_ReadsEightCodesPerWordLowestBitsFirst()
    {
        byte[] packed = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(packed, 0xF8765430);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(12), 0x10000000);
        byte[] scale = BitConverter.GetBytes(BlockEncoder.RoundToBf16(0.5f));
        float[] values = new float[32];
        Int4Groups.Decode(packed, scale, values);
        Assert.Equal([-4f, -2.5f, -2f, -1.5f, -1f, -0.5f, 0f, 3.5f], values[..8]);
        Assert.Equal(-3.5f, values[31]);
        Assert.All(values[8..31], v => Assert.Equal(-4f, v));
    }

    [Fact]
    public void ToQ4Scale_AnyCodes_HoldsTheSameValues() => Groups.Sample((packed, scales) =>
    {
        float[] direct = new float[32 * GroupCount];
        Int4Groups.Decode(packed, scales, direct);
        byte[] blocks = new byte[18 * GroupCount];
        Assert.Equal(-1, Int4Groups.ToQ4Scale(packed, scales, blocks));
        float[] through = new float[32 * GroupCount];
        BlockDecoder.Decode(BlockType.Q4_0, blocks, through);
        Assert.Equal(direct, through);
    });

    [Theory]
    [InlineData(1e6f)]
    [InlineData(1e-9f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ToQ4Scale_ScaleOutsideFloat16_NamesTheGroup(float scale)
    {
        byte[] scales = [.. new[] { 1f, scale }.SelectMany(s => BitConverter.GetBytes(BlockEncoder.RoundToBf16(s)))];
        Assert.Equal(1, Int4Groups.ToQ4Scale(new byte[32], scales, new byte[36]));
    }

    [Fact]
    public void Decode_SizesThatDisagree_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Int4Groups.Decode(new byte[16], new byte[2], new float[64]));
}
