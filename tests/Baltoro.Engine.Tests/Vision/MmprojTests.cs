using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Vision;
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
