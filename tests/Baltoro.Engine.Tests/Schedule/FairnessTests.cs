using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Tests.Schedule;

public class FairnessTests
{
    /// <summary>First token of the quiet tenant's prompts.</summary>
    private const int QuietToken = ServingHarness.Vocabulary - 1;

    [Fact]
    public async Task FloodOfOneTenant_DoesNotKeepAnotherWaiting()
    {
        var options = new EngineOptions { PrefillTokensPerStep = 64, MaxRunning = 2, MaxWaiting = 500, PrefixCache = false };
        await using InferenceEngine engine = ServingHarness.Create(200, options, out ChainRunner runner);
        using var gate = new ManualResetEventSlim();
        List<bool> startsOfQuiet = [];
        runner.BeforeStep = plan =>
        {
            gate.Wait();

            // Starts are seen on the engine's own thread: the order in which readers hear of the ends is not the engine's.
            startsOfQuiet.AddRange(plan.Slices.Where(slice => slice.StartPosition == 0).Select(slice => slice.Tokens.Span[0] == QuietToken));
        };
        List<Task> all = [];
        for (int i = 0; i < 100; i++)
        {
            all.Add(ServingHarness.CollectAsync(engine.Submit(Starting(Request(i, "flood"), QuietToken - 1))));
        }

        for (int i = 0; i < 5; i++)
        {
            all.Add(ServingHarness.CollectAsync(engine.Submit(Starting(Request(1000 + i, "quiet"), QuietToken))));
        }

        gate.Set();
        await Task.WhenAll(all);
        int lastQuiet = startsOfQuiet.LastIndexOf(true);
        Assert.Equal(5, startsOfQuiet.Count(isQuiet => isQuiet));
        Assert.True(lastQuiet < 25, $"the last request of the quiet tenant started as number {lastQuiet} of {startsOfQuiet.Count}");
    }

    [Fact]
    public async Task LongPromptBeingRead_DoesNotKeepShortOnesWaiting()
    {
        var options = new EngineOptions { PrefillTokensPerStep = 64, PrefixCache = false };
        await using InferenceEngine engine = ServingHarness.Create(400, options, out ChainRunner runner);
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        long lastLong = 0;
        long lastShort = 0;
        runner.BeforeStep = plan =>
        {
            started.Set();
            gate.Wait();

            // A short request has 30 tokens at most; the long prompt's rows lie behind its first chunk of 64.
            lastLong = plan.Slices.Exists(slice => slice.StartPosition >= 64) ? runner.Steps : lastLong;
            lastShort = plan.Slices.Exists(slice => slice.StartPosition < 32 && slice.Tokens.Length <= 20) ? runner.Steps : lastShort;
        };
        List<Task> all = [ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(1, 3_000, 1) with { StopIds = [] }))];
        started.Wait();
        for (int i = 2; i < 12; i++)
        {
            all.Add(ServingHarness.CollectAsync(engine.Submit(Request(i, "t"))));
        }

        gate.Set();
        await Task.WhenAll(all);
        Assert.InRange(lastShort, 1, lastLong - 1);
    }

    [Fact]
    public void FillCandidates_EqualTenants_TakesTurns()
    {
        var queue = new WaitingQueue();
        foreach (string tenant in new[] { "a", "a", "a", "b", "b", "c" })
        {
            queue.Enqueue(new Sequence(Request(1, tenant), 100));
        }

        List<Sequence> candidates = [];
        queue.FillCandidates(candidates, 5);
        Assert.Equal("abcab", string.Concat(candidates.Select(sequence => sequence.Request.TenantId)));
    }

    private static GenerationRequest Request(int seed, string tenant) =>
        ServingHarness.Request(seed, 20, 10) with { TenantId = tenant, StopIds = [] };

    private static GenerationRequest Starting(GenerationRequest request, int token) =>
        request with { PromptIds = (int[])[token, .. request.PromptIds.Span[1..]] };
}
