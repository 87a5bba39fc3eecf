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
        runner.BeforeStep = _ =>
        {
            started.Set();
            gate.Wait();
        };
        List<string> order = [];
        List<Task> all = [NoteEndAsync(engine.Submit(ServingHarness.Request(1, 3_000, 1) with { StopIds = [] }), "long", order)];
        started.Wait();
        for (int i = 2; i < 12; i++)
        {
            all.Add(NoteEndAsync(engine.Submit(Request(i, "t")), "short", order));
        }

        gate.Set();
        await Task.WhenAll(all);
        Assert.Equal("long", order[^1]);
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
