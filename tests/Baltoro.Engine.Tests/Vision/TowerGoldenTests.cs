using System.Text.Json;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>
/// Both towers on random weights against an independent float64 implementation: every kernel variant, several numbers of threads,
/// pictures from one pixel to the widest and tallest allowed, video, and whole prompts with pictures in them.
/// </summary>
public class TowerGoldenTests
{
    public static TheoryData<string, string, int> Cases()
    {
        TheoryData<string, string, int> data = [];
        foreach (string name in (string[])["vision-k25", "vision-kimivl"])
        {
            foreach (string kernels in ModelDriver.Variants)
            {
                data.Add(name, kernels, 1);
                data.Add(name, kernels, 3);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Embeddings_AllShapes_MatchTheOracle(string name, string kernels, int threads)
    {
        using VisionGolden golden = new(name);
        using ModelRunner runner = ModelRunner.Load(golden.Folder, new EngineOptions { Kernels = kernels, Threads = threads });
        Assert.Empty(runner.NotLoadedTensors);
        foreach (VisionGolden.Expected expected in golden.Images)
        {
            expected.AssertMatches(VisionGolden.Encode(runner.Images!, expected.Image, out _), kernels);
        }
    }

    [Fact]
    public void Embeddings_LargestPicture_MatchTheOracle()
    {
        using VisionGolden golden = new("vision-large");
        using ModelRunner runner = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1 });
        VisionGolden.Expected expected = Assert.Single(golden.Images);
        Assert.Equal(16_900, expected.Image.PatchCount);
        expected.AssertMatches(VisionGolden.Encode(runner.Images!, expected.Image, out int slices), runner.KernelName);
        Assert.True(slices > 10, $"{slices} slices");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_PromptWithTwoPictures_MatchTheOracle(string name, string kernels, int threads)
    {
        using VisionGolden golden = new(name);
        using ModelDriver driver = new(golden.Folder, kernels, threads);
        JsonElement sequence = golden.Sequence;
        int[] ids = VisionGolden.Integers(sequence.GetProperty("ids"));
        int[] places = VisionGolden.Integers(sequence.GetProperty("places"));
        MediaEmbedding[] media = new MediaEmbedding[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            ImageInput image = golden.Images[i + 1].Image;
            float[] values = VisionGolden.Encode(driver.Runner.Images!, image, out _);
            media[i] = new MediaEmbedding(places[i], image.Rows * image.Columns / 4, values);
        }

        float[][] whole = Run(driver, ids, media, ids.Length, sequence: 0);
        double[][] expected = VisionGolden.Rows(sequence.GetProperty("logits"));
        int[] positions = VisionGolden.Integers(sequence.GetProperty("positions"));
        for (int i = 0; i < positions.Length; i++)
        {
            VisionGolden.AssertClose(expected[i], whole[positions[i]], VisionGolden.Tolerance(sequence, kernels), $"position {positions[i]}");
        }

        // How a prompt is cut does not matter, through the middle of a picture or not (I5).
        Assert.Equal(whole, Run(driver, ids, media, 7, sequence: 1));
        Assert.Equal(whole, Run(driver, ids, media, 1, sequence: 2));
    }

    private static float[][] Run(ModelDriver driver, int[] ids, MediaEmbedding[] media, int chunk, int sequence)
    {
        List<float[]> rows = [];
        for (int start = 0; start < ids.Length; start += chunk)
        {
            int count = Math.Min(chunk, ids.Length - start);
            SequenceSlice slice = ModelDriver.Slice(ids.AsMemory(start, count), start, ModelDriver.PagesOf(sequence), AttentionForm.Plain, count);
            slice.Media = media;
            rows.AddRange(driver.Step(slice));
        }

        return [.. rows];
    }
}
