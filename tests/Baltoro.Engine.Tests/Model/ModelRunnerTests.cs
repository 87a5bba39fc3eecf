using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Model;

public class ModelRunnerTests
{
    [Fact]
    public void Load_Defaults_ReportsWhatItUses()
    {
        using ModelRunner runner = ModelRunner.Load(Path.Combine(GoldenCase.Root, "plain-q"), new EngineOptions());
        Assert.Equal(Environment.ProcessorCount, runner.ThreadCount);
        Assert.Contains(runner.KernelName, ModelDriver.Variants);
        Assert.Equal((61, 4096), (runner.VocabularySize, runner.MaxPositions));
        Assert.True(runner.LoadSeconds > 0);
        Assert.InRange(runner.WeightBytes, 60_000, 200_000);
    }

    [Fact]
    public void Load_WrongOptions_NamesThem()
    {
        string folder = Path.Combine(GoldenCase.Root, "plain-q");
        Assert.Contains("threads: -1", Assert.Throws<ArgumentException>(() => ModelRunner.Load(folder, new EngineOptions { Threads = -1 })).Message);
        Assert.Contains("allowed:", Assert.Throws<ArgumentException>(() => ModelRunner.Load(folder, new EngineOptions { Kernels = "fast" })).Message);
        Assert.Contains("innerNormEps", Assert.Throws<ArgumentException>(() => ModelRunner.Load(folder, new EngineOptions { InnerNormEps = 0 })).Message);
    }

    [Fact]
    public void Load_InnerNormEps_ChangesTheInnerNormsOnly()
    {
        using ModelRunner runner = ModelRunner.Load(Path.Combine(GoldenCase.Root, "yarn-fast"), new EngineOptions { Threads = 1, InnerNormEps = 1e-6f });
        Assert.Equal((1e-6f, 1e-5f), (runner.Config.InnerNormEps, runner.Config.RmsNormEps));
    }

    [Theory]
    [InlineData(61, 0, 2, 0, "token 61")]
    [InlineData(-1, 0, 2, 0, "token -1")]
    [InlineData(1, 4095, 256, 1, "positions 4095+2")]
    [InlineData(1, -1, 2, 0, "positions -1+2")]
    [InlineData(1, 15, 1, 0, "1 pages of 16 do not cover 17 positions")]
    [InlineData(1, 0, 1, 3, "3 logit rows of 2 rows")]
    public void Run_SliceOutsideItsLimits_NamesTheLimit(int token, int start, int pages, int logitRows, string named)
    {
        using ModelDriver driver = new(Path.Combine(GoldenCase.Root, "plain-q"), ModelDriver.Variants[^1], 2);
        SequenceSlice slice = ModelDriver.Slice(new[] { token, 0 }, start, new int[pages], AttentionForm.Plain, logitRows);
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => driver.Step(slice)).Message);
    }

    [Fact]
    public void Run_PageOutsideTheCacheOrForeignCache_IsRefused()
    {
        using ModelDriver driver = new(Path.Combine(GoldenCase.Root, "plain-q"), ModelDriver.Variants[^1], 1);
        SequenceSlice slice = ModelDriver.Slice(new[] { 1 }, 0, [96], AttentionForm.Plain, 0);
        Assert.Contains("page 96", Assert.Throws<ArgumentException>(() => driver.Step(slice)).Message);
        using LatentCache foreign = new(2, 1, 8);
        Assert.Contains("layers", Assert.Throws<ArgumentException>(() => driver.Runner.Run(new StepPlan(), foreign)).Message);
    }

    [Fact]
    public void Run_EmptyPlanOrNoLogits_ReturnsNothing()
    {
        using ModelDriver driver = new(Path.Combine(GoldenCase.Root, "plain-q"), ModelDriver.Variants[^1], 2);
        Assert.Empty(driver.Step());
        Assert.Empty(driver.Step(ModelDriver.Slice(new[] { 1, 2 }, 0, [0], AttentionForm.Plain, 0)));
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        ModelDriver driver = new(Path.Combine(GoldenCase.Root, "plain-q"), ModelDriver.Variants[^1], 2);
        driver.Dispose();
        Assert.Throws<ObjectDisposedException>(() => driver.Step());
    }
}
