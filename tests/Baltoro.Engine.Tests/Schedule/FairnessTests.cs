using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Tests.Schedule;

public class FairnessTests
{
    [Fact]
    public async Task FloodOfOneTenant_DoesNotKeepAnotherWaiting()
    {
        var options = new EngineOptions { PrefillTokensPerStep = 64, MaxRunning = 2, MaxWaiting = 500, PrefixCache = false };
        await using InferenceEngine engine = ServingHarness.Create(200, options, out ChainRunner runner);
        using var gate = new ManualResetEventSlim();
        runner.BeforeStep = _ => gate.Wait();
        List<string> order = [];
        List<Task> all = [];
        for (int i = 0; i < 100; i++)
        {
            all.Add(NoteEndAsync(engine.Submit(Request(i, "flood")), "flood", order));
        }

        for (int i = 0; i < 5; i++)
        {
            all.Add(NoteEndAsync(engine.Submit(Request(1000 + i, "quiet")), "quiet", order));
        }

        gate.Set();
        await Task.WhenAll(all);
        int lastQuiet = order.LastIndexOf("quiet");
        Assert.True(lastQuiet < 25, $"the last request of the quiet tenant ended as number {lastQuiet} of {order.Count}");
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

    private static async Task NoteEndAsync(Generation generation, string tenant, List<string> order)
    {
        await ServingHarness.CollectAsync(generation);
        lock (order)
        {
            order.Add(tenant);
        }
    }
}
