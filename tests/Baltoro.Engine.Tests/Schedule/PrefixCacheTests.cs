using Baltoro.Engine.Cache;

namespace Baltoro.Engine.Tests.Schedule;

public class PrefixCacheTests
{
    private static readonly EngineOptions Defaults = new() { PrefillTokensPerStep = 64, MaxRunning = 8, MaxWaiting = 64 };

    [Fact]
    public async Task SecondRequest_SameBeginning_ReportsFullPagesAndTheSameTokens()
    {
        await using InferenceEngine engine = ServingHarness.Create(200, Defaults, out _);
        await using InferenceEngine cold = ServingHarness.Create(200, Defaults with { PrefixCache = false }, out _);
        GenerationRequest first = ServingHarness.WithPrefix(ServingHarness.Request(1, 9, 20), 1, 70);
        GenerationRequest second = ServingHarness.WithPrefix(ServingHarness.Request(2, 30, 20), 1, 70);
        (_, TokenEvent firstEnd) = await ServingHarness.CollectAsync(engine.Submit(first));
        (List<int> warm, TokenEvent secondEnd) = await ServingHarness.CollectAsync(engine.Submit(second));
        Assert.Equal(0, firstEnd.CachedTokens);
        Assert.Equal(64, secondEnd.CachedTokens);
        Assert.Equal((await ServingHarness.CollectAsync(cold.Submit(second))).Tokens, warm);
    }

    [Fact]
    public async Task WholePromptKnown_LastTokenIsStillComputed()
    {
        await using InferenceEngine engine = ServingHarness.Create(200, Defaults, out _);
        GenerationRequest request = ServingHarness.Request(1, 4 * LatentCache.PageTokens, 5);
        (List<int> tokens, _) = await ServingHarness.CollectAsync(engine.Submit(request));
        (List<int> again, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(request));
        Assert.Equal(3 * LatentCache.PageTokens, end.CachedTokens);
        Assert.Equal(tokens, again);
    }

    [Fact]
    public async Task OtherTenant_SamePrompt_SharesNothing()
    {
        await using InferenceEngine engine = ServingHarness.Create(200, Defaults, out _);
        GenerationRequest request = ServingHarness.Request(1, 100, 5);
        await ServingHarness.CollectAsync(engine.Submit(request));
        (_, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(request with { TenantId = "other" }));
        Assert.Equal(0, end.CachedTokens);
    }

    [Fact]
    public async Task ManyChoicesOfOnePrompt_ReadItOnce()
    {
        await using InferenceEngine engine = ServingHarness.Create(400, Defaults, out _);
        GenerationRequest request = ServingHarness.Request(1, 200, 5) with { StopIds = [] };
        var all = Enumerable.Range(0, 8).Select(i => ServingHarness.CollectAsync(engine.Submit(request with { Sampling = request.Sampling with { Seed = (ulong)i } }))).ToArray();
        await Task.WhenAll(all);
        Assert.Equal(200 + (7 * (200 % LatentCache.PageTokens)), engine.Stats.PromptTokens);
    }

    [Fact]
    public async Task CacheFull_OldPrefixesGiveWay()
    {
        await using InferenceEngine engine = ServingHarness.Create(20, Defaults, out _);
        for (int i = 0; i < 30; i++)
        {
            await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(i, 100, 20)));
        }

        await ServingHarness.AssertNothingLeftAsync(engine);
        Assert.Equal(0, engine.Stats.Preemptions);
        (_, TokenEvent recent) = await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(29, 100, 20)));
        Assert.Equal(96, recent.CachedTokens);
        (_, TokenEvent old) = await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(0, 100, 20)));
        Assert.Equal(0, old.CachedTokens);
    }
}
