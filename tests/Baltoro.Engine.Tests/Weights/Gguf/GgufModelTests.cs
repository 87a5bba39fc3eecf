using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Gguf;

public sealed unsafe class GgufModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baltoro-gguf-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_SingleFile_MapsEveryTensor()
    {
        string path = Path.Combine(_folder, "model.gguf");
        GgufWriter.Write(path, SampleGguf.Metadata, SampleGguf.Tensors);
        using GgufModel model = GgufModel.Open(path);
        Assert.Equal("deepseek2", model.Metadata.FindText("general.architecture"));
        CheckData(model);
        Assert.Null(model.Find("nothing"));
        Assert.False(File.Exists(path + ".partial"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Open_AnyPartOfASplitModel_MapsEveryTensor(int part)
    {
        string prefix = WriteParts(3);
        using GgufModel model = GgufModel.Open(GgufParts.NameOf(prefix, part, 3));
        Assert.Equal(GgufParts.NameOf(prefix, 1, 3), model.Path);
        Assert.Equal("deepseek2", model.Metadata.FindText("general.architecture"));
        CheckData(model);
    }

    [Fact]
    public void Open_MissingPart_NamesIt()
    {
        string prefix = WriteParts(3);
        File.Delete(GgufParts.NameOf(prefix, 2, 3));
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => GgufModel.Open(GgufParts.NameOf(prefix, 1, 3)));
        Assert.Equal(GgufParts.NameOf(prefix, 2, 3), fault.Path);
        Assert.Equal("part 2 of 3", fault.Expected);
    }

    [Fact]
    public void Open_PartUnderAnotherNumber_IsRefused()
    {
        string prefix = WriteParts(3);
        File.Copy(GgufParts.NameOf(prefix, 3, 3), GgufParts.NameOf(prefix, 2, 3), overwrite: true);
        Assert.Equal("split.no", Assert.Throws<ModelFormatException>(() => GgufModel.Open(GgufParts.NameOf(prefix, 1, 3))).Field);
    }

    [Fact]
    public void Open_OnePartUnderAPlainName_IsRefused()
    {
        string prefix = WriteParts(2);
        string lone = Path.Combine(_folder, "lone.gguf");
        File.Copy(GgufParts.NameOf(prefix, 1, 2), lone);
        Assert.Equal("split.count", Assert.Throws<ModelFormatException>(() => GgufModel.Open(lone)).Field);
    }

    [Fact]
    public void Open_TensorInTwoParts_IsRefused()
    {
        string prefix = Path.Combine(_folder, "twice");
        for (int i = 0; i < 2; i++)
        {
            GgufWriter.Write(GgufParts.NameOf(prefix, i + 1, 2), SplitKeys(i, 2), [SampleGguf.Tensors[0]]);
        }

        Assert.Equal("a.weight", Assert.Throws<ModelFormatException>(() => GgufModel.Open(GgufParts.NameOf(prefix, 1, 2))).Field);
    }

    [Fact]
    public void Open_NoFile_IsATypedError()
    {
        Assert.Throws<ModelFormatException>(() => GgufModel.Open(Path.Combine(_folder, "none.gguf")));
        Assert.Throws<ModelFormatException>(() => GgufModel.Open(_folder));
    }

    [Fact]
    public void Write_WriterThatFails_LeavesNothing()
    {
        string path = Path.Combine(_folder, "broken.gguf");
        GgufTensorPlan shortPlan = new("t", BlockType.F32, [8], stream => stream.WriteByte(0));
        Assert.Throws<InvalidOperationException>(() => GgufWriter.Write(path, SampleGguf.Metadata, [shortPlan]));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static void CheckData(GgufModel model)
    {
        Assert.Equal(SampleGguf.Tensors.Select(t => t.Name), model.Tensors.Select(t => t.Name));
        foreach (GgufTensor tensor in model.Tensors)
        {
            byte* data = model.DataOf(tensor.Name);
            for (int i = 0; i < tensor.ByteCount; i++)
            {
                Assert.Equal((byte)tensor.Name[i % tensor.Name.Length], data[i]);
            }
        }
    }

    private string WriteParts(int count)
    {
        string prefix = Path.Combine(_folder, "model");
        for (int i = 0; i < count; i++)
        {
            GgufTensorPlan[] own = [.. SampleGguf.Tensors.Where((_, index) => index * count / SampleGguf.Tensors.Count == i)];
            GgufWriter.Write(GgufParts.NameOf(prefix, i + 1, count), SplitKeys(i, count), own);
        }

        return prefix;
    }

    private static IReadOnlyList<KeyValuePair<string, GgufValue>> SplitKeys(int number, int count) =>
    [
        .. number == 0 ? SampleGguf.Metadata : [],
        SampleGguf.Pair("split.no", (ushort)number),
        SampleGguf.Pair("split.count", (ushort)count),
        SampleGguf.Pair("split.tensors.count", SampleGguf.Tensors.Count),
    ];
}
