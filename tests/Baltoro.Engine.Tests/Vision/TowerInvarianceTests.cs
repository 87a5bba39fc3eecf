using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>An image's embeddings are the same bits whatever the slices, the threads and the images before (I4, I6).</summary>
public class TowerInvarianceTests
{
    private static readonly (int Frames, int Rows, int Columns)[] Shapes = [(1, 2, 2), (1, 6, 10), (1, 26, 14), (1, 2, 64), (1, 64, 2), (4, 6, 8), (3, 2, 2)];

    public static TheoryData<string> Variants() => [.. ModelDriver.Variants];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Embeddings_AnySlicesAndThreads_AreBitIdentical(string kernels)
    {
        float[][] expected = Run(kernels, threads: 1, tokensPerStep: 65_536, out int few);
        float[][] cut = Run(kernels, threads: 1, tokensPerStep: 1, out int many);
        Assert.Equal(Shapes.Length, few);
        Assert.True(many > 10 * few, $"{many} and {few} slices");
        Assert.Equal(expected, cut);
        Assert.Equal(expected, Run(kernels, threads: 2, tokensPerStep: 200, out _));
        Assert.Equal(expected, Run(kernels, threads: 5, tokensPerStep: 65_536, out _));
    }

    [Fact]
    public void Embeddings_AfterAnAbandonedImage_AreTheSame()
    {
        using VisionGolden golden = new("vision-k25");
        using ModelRunner runner = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1, PrefillTokensPerStep = 1 });
        ImageInput image = VisionGolden.Picture(3, 1, 6, 10);
        float[] first = VisionGolden.Encode(runner.Images!, image, out _);
        runner.Images!.Begin(VisionGolden.Picture(4, 1, 10, 6));
        Assert.Null(runner.Images.Advance());
        runner.Images.Abandon();
        Assert.Throws<InvalidOperationException>(() => runner.Images.Advance());
        Assert.Equal(first, VisionGolden.Encode(runner.Images, image, out _));
    }

    private static float[][] Run(string kernels, int threads, int tokensPerStep, out int slices)
    {
        using VisionGolden golden = new("vision-k25");
        EngineOptions options = new() { Kernels = kernels, Threads = threads, PrefillTokensPerStep = tokensPerStep };
        using ModelRunner runner = ModelRunner.Load(golden.Folder, options);
        float[][] results = new float[Shapes.Length][];
        slices = 0;
        for (int i = 0; i < Shapes.Length; i++)
        {
            (int frames, int rows, int columns) = Shapes[i];
            results[i] = VisionGolden.Encode(runner.Images!, VisionGolden.Picture((uint)i, frames, rows, columns), out int count);
            slices += count;
        }

        return results;
    }
}
