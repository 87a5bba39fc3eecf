using System.Buffers.Binary;
using System.Text;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;
using CsCheck;

namespace Baltoro.Engine.Tests.Weights.Gguf;

public sealed class GgufHeaderTests
{
    private const int TensorCountOffset = 8;
    private const int ValueCountOffset = 16;

    [Fact]
    public void Read_WrittenFile_GivesBackMetadataAndShapes()
    {
        GgufHeader header = SampleGguf.Read(SampleGguf.Bytes());
        Assert.Equal(SampleGguf.Metadata.Count, header.Metadata.Values.Count);
        foreach ((string key, GgufValue value) in SampleGguf.Metadata)
        {
            Assert.Equal(value.Value, header.Metadata.Values[key].Value);
            Assert.Equal(value.Type, header.Metadata.Values[key].Type);
        }

        Assert.Equal(SampleGguf.Tensors.Select(t => t.Name), header.Tensors.Select(t => t.Name));
        Assert.Equal([2, 3, 32], header.Tensors[2].Shape);
        Assert.Equal([3 * 68, 28, 6 * 18, 30], header.Tensors.Select(t => t.ByteCount));
        Assert.All(header.Tensors, t => Assert.Equal(0, t.Offset % 32));
    }

    [Fact]
    public void AsReal_Float32_IsItsShortestDecimal()
    {
        GgufMetadata metadata = SampleGguf.Read(SampleGguf.Bytes()).Metadata;
        Assert.Equal(1e-5, metadata.GetReal("v.f32"));
        Assert.Equal(Math.PI, metadata.GetReal("v.f64"));
        Assert.Equal(-70000, metadata.GetReal("v.i32"));
        Assert.Equal(["a", "Ġb", "", "汉"], metadata.Values["tokenizer.ggml.tokens"].AsTexts());
        Assert.Equal([1L, -1, 5], metadata.Values["a.i32"].AsIntegers());
    }

    [Fact]
    public void Getters_WrongKind_NamesKeyExpectedAndFound()
    {
        GgufMetadata metadata = SampleGguf.Read(SampleGguf.Bytes()).Metadata;
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => metadata.GetInteger("general.architecture", 0, 9));
        Assert.Equal("sample.gguf: general.architecture: expected a whole number in 0..9, found \"deepseek2\"", fault.Message);
        Assert.Throws<ModelFormatException>(() => metadata.GetInteger("v.u16", 0, 9));
        Assert.Throws<ModelFormatException>(() => metadata.GetInteger("absent", 0, 9));
        Assert.Throws<ModelFormatException>(() => metadata.FindText("v.u16"));
        Assert.Throws<ModelFormatException>(() => metadata.FindBoolean("v.u16"));
        Assert.Throws<ModelFormatException>(() => metadata.FindReal("general.architecture"));
        Assert.Null(metadata.FindInteger("absent", 0, 9));
    }

    [Theory]
    [InlineData(0, 0x47475546u, "magic")]
    [InlineData(4, 2u, "version")]
    [InlineData(4, 0x03000000u, "version")]
    [InlineData(TensorCountOffset, 0xFFFFFFFFu, "tensor count")]
    [InlineData(TensorCountOffset + 4, 0x80000000u, "tensor count")]
    [InlineData(ValueCountOffset, 0x7FFFFFFFu, "metadata count")]
    [InlineData(24, 0xFFFFFFFFu, "key 0")]
    public void Read_HostileNumber_NamesFieldAndByte(int offset, uint value, string field)
    {
        byte[] bytes = SampleGguf.Bytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => SampleGguf.Read(bytes));
        Assert.Equal(field, fault.Field);
        Assert.NotNull(fault.Offset);
        Assert.StartsWith("sample.gguf: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyTruncation_IsATypedError()
    {
        byte[] bytes = SampleGguf.Bytes();
        int last = bytes.Length - 4;
        for (int length = 0; length < last; length++)
        {
            Assert.Throws<ModelFormatException>(() => SampleGguf.Read(bytes[..length]));
        }
    }

    /// <summary>Any bytes changed anywhere: still a header whose tensors lie in the file, or a typed error.</summary>
    [Fact]
    public void Read_MutatedBytes_IsValidOrATypedError()
    {
        byte[] valid = SampleGguf.Bytes();
        byte[] likely = [0, 1, 9, 127, 255];
        Gen<byte> bytesOf = Gen.Int[0, 511].Select(i => i < 256 ? (byte)i : likely[i % likely.Length]);
        Gen<(int, byte)[]> edits = Gen.Select(Gen.Int[0, valid.Length - 1], bytesOf).Array[1, 12];
        Gen.Select(edits, Gen.Int[0, valid.Length]).Sample(
            (changes, length) =>
            {
                byte[] bytes = [.. valid];
                foreach ((int at, byte value) in changes)
                {
                    bytes[at] = value;
                }

                CheckReads(length % 4 == 0 ? bytes[..length] : bytes);
            },
            iter: 20_000);
    }

    /// <summary>Whole 64-bit fields replaced by numbers at the edges of arithmetic.</summary>
    [Fact]
    public void Read_ExtremeCountsAndOffsets_IsValidOrATypedError()
    {
        byte[] valid = SampleGguf.Bytes();
        ulong[] extremes =
        [
            0, 1, 31, 33, int.MaxValue, uint.MaxValue, 1UL << 32, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue,
        ];
        int headerBytes = (int)SampleGguf.Read(valid).DataOffset;
        for (int at = 0; at < headerBytes; at++)
        {
            foreach (ulong extreme in extremes)
            {
                byte[] bytes = [.. valid];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), extreme);
                CheckReads(bytes);
            }
        }
    }

    [Fact]
    public void Read_RandomBytesBehindTheMagic_IsATypedError() => Gen.Byte.Array[0, 400].Sample(
        tail => CheckReads([.. "GGUF"u8, 3, 0, 0, 0, .. tail]));

    [Fact]
    public void Read_HugeArrayCountInASmallFile_AllocatesLittle()
    {
        byte[] bytes = [.. Prefix(0, 1), .. Text("k"), 9, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(2_000_000_000UL), 1, 2, 3];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModelFormatException>(() => SampleGguf.Read(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Read_RepeatedNamesOverlapAndNesting_AreRefused()
    {
        byte[] twice = [.. Prefix(0, 2), .. Text("k"), 0, 0, 0, 0, 1, .. Text("k"), 0, 0, 0, 0, 1];
        Assert.Equal("key 1", Assert.Throws<ModelFormatException>(() => SampleGguf.Read(twice)).Field);
        byte[] nested = [.. Prefix(0, 1), .. Text("k"), 9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal("k: element type", Assert.Throws<ModelFormatException>(() => SampleGguf.Read(nested)).Field);
        byte[] tensors = [.. Prefix(2, 0), .. Tensor("a", 8, 0), .. Tensor("b", 8, 0), .. new byte[128]];
        Assert.Equal("b: data", Assert.Throws<ModelFormatException>(() => SampleGguf.Read(tensors)).Field);
        byte[] same = [.. Prefix(2, 0), .. Tensor("a", 8, 0), .. Tensor("a", 8, 32), .. new byte[128]];
        Assert.Equal("name of tensor 1", Assert.Throws<ModelFormatException>(() => SampleGguf.Read(same)).Field);
        byte[] crooked = [.. Prefix(1, 0), .. Tensor("a", 8, 8), .. new byte[128]];
        Assert.Equal("a: offset", Assert.Throws<ModelFormatException>(() => SampleGguf.Read(crooked)).Field);
    }

    [Fact]
    public void Find_EveryFormat_HasASizeAndUnknownNumbersDoNot()
    {
        Assert.All(Enum.GetValues<BlockType>(), type => Assert.NotNull(BlockFormat.Find(type)));
        Assert.Null(BlockFormat.Find((BlockType)4));
        Assert.Null(BlockFormat.Find((BlockType)999));
    }

    private static void CheckReads(byte[] bytes)
    {
        try
        {
            GgufHeader header = SampleGguf.Read(bytes);
            foreach (GgufTensor tensor in header.Tensors)
            {
                Assert.InRange(header.DataOffset + tensor.Offset + tensor.ByteCount, 0, bytes.Length);
                Assert.Equal(tensor.ByteCount, new GgufTensorPlan(tensor.Name, tensor.Type, tensor.Shape, _ => { }).ByteCount);
            }
        }
        catch (ModelFormatException fault)
        {
            Assert.Equal("sample.gguf", fault.Path);
        }
    }

    private static byte[] Prefix(ulong tensors, ulong values) =>
        [.. "GGUF"u8, 3, 0, 0, 0, .. BitConverter.GetBytes(tensors), .. BitConverter.GetBytes(values)];

    private static byte[] Text(string text) => [.. BitConverter.GetBytes((ulong)text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Tensor(string name, ulong length, ulong offset) =>
        [.. Text(name), 1, 0, 0, 0, .. BitConverter.GetBytes(length), 0, 0, 0, 0, .. BitConverter.GetBytes(offset)];
}
