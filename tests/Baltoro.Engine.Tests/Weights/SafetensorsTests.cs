using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights;
using CsCheck;

namespace Baltoro.Engine.Tests.Weights;

public class SafetensorsTests
{
    [Fact]
    public void Open_GoodFile_GivesViews()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder["a.safetensors"], SafetensorsText.Build(
            """{"__metadata__":{"x":"y"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""",
            [0, 0, 0x80, 0x3F, 0x00, 0x40, 0x40, 0xC0]));
        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(1f, file.View(file.Tensors[0])[0]);
        TensorView b = file.View(file.Tensors[1]);
        Assert.Equal((2f, -3f), (b[0], b[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => b[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => b[-1]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,-4]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "a.shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,10]}}""", 10, "a.shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "a.shape")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", 8, "a.dtype")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "a.dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "a.shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "a.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 9, "a.data_offsets")]
    [InlineData("""{"a":7}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[3,7]}}""", 8, "b.data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "header")]
    [InlineData("""[1]""", 8, "header")]
    [InlineData("""{"a":""", 8, "header")]
    [InlineData(" ", 8, "header length")]
    public void Open_BadHeader_NamesFileAndField(string header, int dataBytes, string field)
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder["bad.safetensors"], SafetensorsText.Build(header, dataBytes));
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(folder["bad.safetensors"]).Dispose());
        Assert.Equal((folder["bad.safetensors"], field), (exception.Path, exception.Field));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    public void Open_CutFile_NamesTheHeaderLength(int bytes)
    {
        using TempFolder folder = new();
        byte[] file = SafetensorsText.Build("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        File.WriteAllBytes(folder["cut.safetensors"], file[..bytes]);
        Assert.Equal("header length", Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(folder["cut.safetensors"]).Dispose()).Field);
    }

    [Fact]
    public void Open_HugeHeaderLength_IsRefusedBeforeReading()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder["huge.safetensors"], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B, 0x7D]);
        Assert.Equal("header length", Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(folder["huge.safetensors"]).Dispose()).Field);
    }

    /// <summary>Whatever is damaged in a file, it opens or is named; tensors that open can be read to their last byte.</summary>
    [Fact]
    public void Open_RandomlyDamagedFile_OpensOrIsNamed()
    {
        using TempFolder folder = new();
        string path = folder["fuzz.safetensors"];
        byte[] good = SafetensorsText.Build(
            """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[5],"data_offsets":[24,34]},"__metadata__":{"format":"pt"}}""", 34);
        Gen.Select(Gen.Int[0, good.Length - 35], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, 9]).Sample(
            (at, value, cut, shorten) =>
            {
                byte[] bad = [.. good[..at], value, .. good[Math.Min(at + cut, good.Length)..]];
                File.WriteAllBytes(path, bad[..^shorten]);
                try
                {
                    using SafetensorsFile file = SafetensorsFile.Open(path);
                    foreach (TensorEntry entry in file.Tensors.Where(entry => ElementTypes.Parse(entry.Dtype) is not null))
                    {
                        TensorView view = file.View(entry);
                        Assert.True(view.ElementCount == 0 || float.IsFinite(view[view.ElementCount - 1]));
                    }
                }
                catch (ModelFormatException exception)
                {
                    Assert.Equal(path, exception.Path);
                }
            },
            iter: 2000,
            threads: 1);
    }
}
