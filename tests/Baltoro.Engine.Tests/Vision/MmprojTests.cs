using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Vision;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Vision;

public class MmprojTests
{
    [Theory]
    [InlineData("vision-k25", true)]
    [InlineData("vision-kimivl", false)]
    public void Embeddings_FromMmproj_EqualThoseFromSafetensors(string name, bool k25)
    {
        using VisionGolden golden = new(name);
        using TempFolder folder = new();
        string path = folder["mmproj-model-bf16.gguf"];
        MmprojFile.Write(golden.Folder, path, k25);
        using ModelRunner own = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1 });
        using ModelRunner other = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1, VisionPath = path });
        Assert.Equal(own.Images!.Facts, other.Images!.Facts);
        foreach (ImageInput image in golden.Images.Select(expected => expected.Image).Where(image => image.PatchCount < 300))
        {
            Assert.Equal(VisionGolden.Encode(own.Images, image, out _), VisionGolden.Encode(other.Images, image, out _));
        }
    }

    [Theory]
    [InlineData("vision-k25", true)]
    [InlineData("vision-kimivl", false)]
    public unsafe void Convert_ModelWithATower_WritesAnMmprojFileOfTheSameBits(string name, bool k25)
    {
        using VisionGolden golden = new(name);
        using TempFolder folder = new();
        ConversionReport report = ModelConverter.Convert(golden.Folder, folder.Path, GgufScheme.ForQuantize("f32"), []);
        Assert.Contains("mmproj-model.gguf", report.SideFiles);
        using ModelRunner own = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1 });
        using ModelRunner converted = ModelRunner.Load(folder.Path, new EngineOptions { Threads = 1 });
        ImageInput image = golden.Images[1].Image;
        Assert.Equal(VisionGolden.Encode(own.Images!, image, out _), VisionGolden.Encode(converted.Images!, image, out _));

        // The matrices are what a converter written from the other side makes of them.
        string other = folder["other.gguf"];
        MmprojFile.Write(golden.Folder, other, k25);
        using GgufModel found = GgufModel.Open(folder["mmproj-model.gguf"]);
        using GgufModel expected = GgufModel.Open(other);
        Assert.Equal(expected.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), found.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        foreach (GgufTensor tensor in expected.Tensors)
        {
            (GgufFile file, GgufTensor written) = found.Find(tensor.Name)!.Value;
            Assert.Equal(tensor.Shape, written.Shape);
            if (tensor.Shape.Length == 2 && tensor.Name.StartsWith("v.blk.", StringComparison.Ordinal))
            {
                AssertSameBytes(expected.DataOf(tensor.Name), file.DataOf(written), tensor.ByteCount, tensor.Name);
            }
        }
    }

    private static unsafe void AssertSameBytes(byte* expected, byte* found, long count, string name) => Assert.True(
        new ReadOnlySpan<byte>(expected, (int)count).SequenceEqual(new ReadOnlySpan<byte>(found, (int)count)), name);

    [Fact]
    public void Load_MmprojBesideATextModel_IsFound()
    {
        using VisionGolden golden = new("vision-k25");
        using TempFolder folder = new("plain-q");
        MmprojFile.Write(golden.Folder, folder["mmproj-f16.gguf"], k25: true);
        using ModelRunner runner = ModelRunner.Load(folder.Path, new EngineOptions { Threads = 1 });
        Assert.True(runner.Images!.Facts.TakesVideo);
        File.Copy(folder["mmproj-f16.gguf"], folder["mmproj-f32.gguf"]);
        ModelFormatException two = Assert.Throws<ModelFormatException>(() => ModelRunner.Load(folder.Path, new EngineOptions { Threads = 1 }).Dispose());
        Assert.Contains("mmproj-f16.gguf, mmproj-f32.gguf", two.Message);
    }

    [Fact]
    public void Load_MmprojWithoutATensor_NamesIt()
    {
        using VisionGolden golden = new("vision-k25");
        using TempFolder folder = new();
        string path = folder["mmproj.gguf"];
        MmprojFile.Write(golden.Folder, path, k25: true);
        string broken = folder["broken.gguf"];
        GgufRewriter.Rewrite(path, broken, tensors => tensors.RemoveAll(tensor => tensor.Name == "v.blk.1.ffn_up.bias"));
        ModelFormatException wrong = Assert.Throws<ModelFormatException>(
            () => ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1, VisionPath = broken }).Dispose());
        Assert.Contains("v.blk.1.ffn_up.bias [36] is missing", wrong.Message);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(32)]
    [InlineData(4)]
    public void PermutedRow_OfEveryRow_UndoesTheConverter(int width)
    {
        // New index axis · w/2 + 2i + c comes from old index 4i + 2 · axis + c.
        for (int i = 0; i < width / 4; i++)
        {
            for (int axis = 0; axis < 2; axis++)
            {
                for (int c = 0; c < 2; c++)
                {
                    Assert.Equal((axis * width / 2) + (2 * i) + c, MmprojSource.PermutedRow((4 * i) + (2 * axis) + c, width));
                }
            }
        }
    }
}
