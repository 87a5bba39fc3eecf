using Baltoro.Engine.Sampling;

namespace Baltoro.Engine.Tests.Schedule;

public class ConstraintTests
{
    private const int Spread = 9;
    private static readonly EngineOptions Defaults = new() { PrefillTokensPerStep = 32, MaxRunning = 8, MaxWaiting = 64 };

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public async Task Generation_WithConstraint_DrawsOnlyAllowedTokens(float temperature)
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        for (int seed = 1; seed < 10; seed++)
        {
            (List<TokenEvent> events, TokenEvent end) = await CollectAsync(engine.Submit(Request(seed, temperature)));
            Assert.Equal(FinishReason.Length, end.Finish);
            Assert.Equal(60 + seed, events.Count);
            ScriptedConstraint.AssertFollows(events, ServingHarness.Vocabulary, Spread);
            Assert.Contains(events, token => token.Forced);
            Assert.Contains(events, token => !token.Forced);
            Assert.All(events.Where(token => token.Forced), token => Assert.Equal(0f, token.Logprob));
        }
    }

    [Fact]
    public async Task Generation_WithForcedRuns_IsTheSameInACrowd()
    {
        await using InferenceEngine quiet = ServingHarness.Create(256, Defaults, out _);
        await using InferenceEngine busy = ServingHarness.Create(26, Defaults with { PrefillTokensPerStep = 5 }, out _);
        int[] seeds = [.. Enumerable.Range(1, 40)];
        var crowd = seeds.Select(seed => CollectAsync(busy.Submit(Request(seed, 1f) with { MaxNewTokens = 200 }))).ToArray();
        foreach ((int seed, Task<(List<TokenEvent> Events, TokenEvent End)> task) in seeds.Zip(crowd))
        {
            (List<TokenEvent> alone, _) = await CollectAsync(quiet.Submit(Request(seed, 1f) with { MaxNewTokens = 200 }));
            Assert.Equal(alone.Select(Key), (await task).Events.Select(Key));
        }

        Assert.True(busy.Stats.Preemptions > 0, "the crowd was meant to run out of pages");
        await ServingHarness.AssertNothingLeftAsync(busy);
    }

    [Fact]
    public async Task ForcedRun_HoldsAStopId_EndsThere()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        (List<TokenEvent> free, _) = await CollectAsync(engine.Submit(Request(3, 1f)));
        TokenEvent stop = free.Last(token => token.Forced);
        (List<TokenEvent> events, TokenEvent end) = await CollectAsync(engine.Submit(Request(3, 1f) with { StopIds = [stop.TokenId] }));
        Assert.Equal(FinishReason.StopToken, end.Finish);
        Assert.Equal(stop.TokenId, events[^1].TokenId);
        Assert.DoesNotContain(events.SkipLast(1), token => token.TokenId == stop.TokenId);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task ForcedRun_LongerThanTheBudget_IsCutAtIt()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        (List<TokenEvent> events, TokenEvent end) = await CollectAsync(engine.Submit(
            Request(1, 1f) with { MaxNewTokens = 5, Constraint = new RunConstraint(Enumerable.Repeat(4, 300).ToArray()) }));
        Assert.Equal(5, events.Count);
        Assert.All(events, token => Assert.True(token.Forced));
        Assert.Equal(FinishReason.Length, end.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Constraint_AllowsNothingOrThrows_EndsOnlyItsOwnSequence()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        Task<(List<TokenEvent> Events, TokenEvent End)> other = CollectAsync(engine.Submit(Request(2, 1f)));
        (_, TokenEvent empty) = await CollectAsync(engine.Submit(Request(1, 1f) with { Constraint = new RunConstraint([]) }));
        Assert.Equal(FinishReason.Fault, empty.Finish);
        Assert.Contains("allows no token", empty.FaultMessage);
        Assert.Equal(FinishReason.Length, (await other).End.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Constraint_Inactive_ChangesNothing()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        GenerationRequest request = ServingHarness.Request(7, 10, 50);
        (List<TokenEvent> plain, _) = await CollectAsync(engine.Submit(request));
        (List<TokenEvent> open, _) = await CollectAsync(engine.Submit(request with { Constraint = new ScriptedConstraint(ServingHarness.Vocabulary, 0, 0) }));
        Assert.Equal(plain.Select(Key), open.Select(Key));
    }

    [Fact]
    public void Draw_WithMaskAndTopP_NeverLeavesTheMask()
    {
        var sampler = new Sampler(100);
        var random = new Random(5);
        float[] logits = [.. Enumerable.Range(0, 100).Select(_ => (float)(random.NextDouble() * 40))];
        ulong[] allowed = [1UL << 3 | 1UL << 63, 1UL << 20];
        foreach (float topP in (float[])[0.2f, 0.9f, 1f])
        {
            for (int i = 0; i < 300; i++)
            {
                var sampling = new SamplingParams { Seed = 9, TopP = topP, TopK = i % 50 };
                Assert.Contains(sampler.Draw(logits, sampling, null, i, null, allowed).TokenId, (int[])[3, 63, 84]);
            }
        }
    }

    private static (int, bool) Key(TokenEvent token) => (token.TokenId, token.Forced);

    private static GenerationRequest Request(int seed, float temperature) =>
        ServingHarness.Request(seed, 1 + (seed * 7 % 90), 60 + seed, temperature) with
        {
            StopIds = [],
            Constraint = new ScriptedConstraint(ServingHarness.Vocabulary, Spread, 5),
        };

    private static async Task<(List<TokenEvent> Events, TokenEvent End)> CollectAsync(Generation generation)
    {
        List<TokenEvent> events = [];
        await foreach (TokenEvent tokenEvent in generation.ReadAsync(default))
        {
            events.Add(tokenEvent);
        }

        TokenEvent end = events[^1];
        events.RemoveAt(events.Count - 1);
        return (events, end);
    }

    /// <summary>Forces one run at the start and allows nothing afterwards.</summary>
    private sealed class RunConstraint(int[] run) : ITokenConstraint
    {
        private bool _taken;

        public bool TryFillMask(Span<ulong> allowedBits) => true;

        public void Accept(int tokenId) => Assert.Fail("nothing can be drawn");

        public ReadOnlySpan<int> TakeForcedTokens()
        {
            int[] taken = _taken ? [] : run;
            _taken = true;
            return taken;
        }
    }
}
