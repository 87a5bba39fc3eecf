using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Weights.Blocks;

public sealed class Fp8BlocksTests
{
    [Theory]
    [InlineData(0x00, 0f)]
    [InlineData(0x01, 1f / 512)]
    [InlineData(0x07, 7f / 512)]
    [InlineData(0x08, 1f / 64)]
    [InlineData(0x38, 1f)]
    [InlineData(0x3C, 1.5f)]
    [InlineData(0x7E, 448f)]
    [InlineData(0xFE, -448f)]
    [InlineData(0xC1, -2.25f)]
    public void ValueOf_Code_IsE4M3(byte code, float expected) => Assert.Equal(expected, Fp8Blocks.ValueOf(code));

    [Fact]
    public void ValueOf_AllCodes_AreOrderedAndOnlyTwoAreNaN()
    {
        for (int code = 1; code < 0x7F; code++)
        {
            Assert.True(Fp8Blocks.ValueOf((byte)code) > Fp8Blocks.ValueOf((byte)(code - 1)));
            Assert.Equal(-Fp8Blocks.ValueOf((byte)code), Fp8Blocks.ValueOf((byte)(code | 0x80)));
        }

        Assert.True(float.IsNaN(Fp8Blocks.ValueOf(0x7F)));
        Assert.True(float.IsNaN(Fp8Blocks.ValueOf(0xFF)));
    }

    [Fact]
    public void DecodeRow_PartialBlocks_UsesTheFactorOfRowAndColumn()
    {
        const int Rows = 130;
        const int Columns = 200;
        byte[] factors = [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)];
        byte[] codes = [.. Enumerable.Repeat((byte)0x38, Columns)];
        float[] values = new float[Columns];
        for (int row = 0; row < Rows; row++)
        {
            Fp8Blocks.DecodeRow(codes, factors, row, values);
            float left = row < 128 ? 1 : 3;
            Assert.All(values[..128], v => Assert.Equal(left, v));
            Assert.All(values[128..], v => Assert.Equal(left + 1, v));
        }
    }

    [Fact]
    public void BlockCount_PartialBlock_Counts() =>
        Assert.Equal([0, 1, 1, 2, 5], new[] { 0L, 1, 128, 129, 576 }.Select(Fp8Blocks.BlockCount));
}
