using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using CsCheck;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>Guessing ahead changes the number of steps and nothing else.</summary>
public sealed class SpeculationTests
{
    [Theory]
    [InlineData(0f, null)]
    [InlineData(1f, null)]
    [InlineData(1f, 5)]
    public async Task RepeatingText_GuessedAhead_GivesTheSameInFewerSteps(float temperature, int? topLogprobs)
    {
        (List<TokenEvent> plain, long plainSteps, _) = await RunAsync(SpeculationMode.Off, temperature, topLogprobs);
        (List<TokenEvent> guessed, long guessedSteps, EngineStats stats) = await RunAsync(SpeculationMode.Always, temperature, topLogprobs);
        Assert.Equal(plain.Select(Text), guessed.Select(Text));
        Assert.True(guessedSteps * 3 < plainSteps * 2, $"{guessedSteps} steps instead of {plainSteps}");
        Assert.InRange(stats.AcceptedTokens, 1, stats.DraftedTokens);
        Assert.Equal(guessedSteps + stats.AcceptedTokens, plainSteps);
    }

    [Fact]
    public async Task TrainedModel_GuessedAhead_SaysTheSame()
    {
        string model = Path.Combine(AppContext.BaseDirectory.Split("artifacts")[0], "models", "kimi-nano");
        Assert.SkipUnless(File.Exists(Path.Combine(model, "config.json")), "models/kimi-nano is not here");
        int[] prompt = [.. Enumerable.Range(0, 60).Select(i => 300 + (i % 12))];
        List<string>[] texts = new List<string>[2];
        foreach (SpeculationMode mode in new[] { SpeculationMode.Off, SpeculationMode.Always })
        {
            await using InferenceEngine engine = InferenceEngine.Open(model, new EngineOptions { Threads = 2, KvCacheBytes = 64 << 20, Speculation = mode });
            Generation generation = engine.Submit(ServingHarness.Request(1, 1, 80, 0f) with { PromptIds = prompt, StopIds = [], TopLogprobs = 2 });
            texts[(int)mode / 2] = [.. (await EventsAsync(generation)).Select(Text)];
            TestContext.Current.TestOutputHelper?.WriteLine($"{mode}: {engine.Stats.Steps} steps, {engine.Stats.AcceptedTokens} of {engine.Stats.DraftedTokens} guesses right");
        }

        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public void Find_AgainstANaiveSearch_IsTheLatestPlaceOrNone() =>
        Gen.Int[0, 3].Array[0, 80].Sample(tokens =>
        {
            NgramIndex index = new(1000);
            for (int length = 1; length <= tokens.Length; length++)
            {
                ReadOnlySpan<int> text = tokens.AsSpan(0, length);
                int found = index.Find(text);
                int expected = -1;
                for (int end = NgramIndex.Order; end < length; end++)
                {
                    expected = text[(end - NgramIndex.Order)..end].SequenceEqual(text[Math.Max(0, length - NgramIndex.Order)..]) ? end : expected;
                }

                // Two triples may share a slot: then the older one is lost, never confused with the other.
                Assert.True(found == expected || found == -1, $"{found} instead of {expected}");
            }
        });

    [Fact]
    public void Choose_GuessesThatCostMoreThanTheyGive_SwitchesOffButProbes()
    {
        DraftPolicy policy = new(SpeculationMode.Auto);
        Assert.True(policy.Choose(0.8, 0, 1) > 0);
        for (int i = 0; i < 400; i++)
        {
            int rows = 1 + (i % 12);
            policy.ObserveStep(rows, 0.001 * rows);
        }

        // Each row costs as much as a step: a guess that is right nine times in ten still loses.
        Assert.Equal(0, policy.Choose(0.9, 3, 1));
        Assert.Equal(2, policy.Choose(0.9, 64, 1));
        for (int i = 0; i < 400; i++)
        {
            int rows = 1 + (i % 12);
            policy.ObserveStep(rows, 0.001 + (0.0001 * rows));
        }

        Assert.Equal(DraftPolicy.MaxDraft, policy.Choose(0.95, 0, 1));
        Assert.Equal(0, policy.Choose(0.02, 0, 1));
        Assert.True(policy.Choose(0.5, 0, 1) > policy.Choose(0.5, 0, 64));
    }

    [Fact]
    public async Task Waiting_LongerThanTheDeadline_IsGivenUpAndOthersGoOn()
    {
        ManualClock clock = new();
        using ManualResetEventSlim gate = new();
        EngineOptions options = new() { MaxRunning = 1, QueueDeadline = TimeSpan.FromSeconds(5), Clock = clock };
        await using InferenceEngine engine = ServingHarness.Create(64, options, out ChainRunner runner);
        using ManualResetEventSlim entered = new();
        runner.BeforeStep = _ =>
        {
            entered.Set();
            gate.Wait();
        };
        Task<(List<int> Tokens, TokenEvent End)> first = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(1, 4, 30) with { StopIds = [] }));
        Task<(List<int> Tokens, TokenEvent End)> late = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(2, 4, 30)));
        entered.Wait();
        clock.Advance(TimeSpan.FromSeconds(6));
        Task<(List<int> Tokens, TokenEvent End)> fresh = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(3, 4, 5) with { StopIds = [] }));
        gate.Set();
        Assert.Equal(FinishReason.Overdue, (await late).End.Finish);
        Assert.Empty((await late).Tokens);
        Assert.Equal(FinishReason.Length, (await first).End.Finish);
        Assert.Equal(FinishReason.Length, (await fresh).End.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    private static async Task<(List<TokenEvent> Events, long Steps, EngineStats Stats)> RunAsync(SpeculationMode mode, float temperature, int? topLogprobs)
    {
        await using InferenceEngine engine = ServingHarness.Create(64, new EngineOptions { Speculation = mode }, out ChainRunner runner);
        runner.Repeats = true;
        GenerationRequest request = ServingHarness.Request(5, 40, 300, temperature) with { StopIds = [], TopLogprobs = topLogprobs };
        List<TokenEvent> events = await EventsAsync(engine.Submit(request));
        await ServingHarness.AssertNothingLeftAsync(engine);
        return (events, runner.Steps, engine.Stats);
    }

    private static async Task<List<TokenEvent>> EventsAsync(Generation generation)
    {
        List<TokenEvent> events = [];
        await foreach (TokenEvent tokenEvent in generation.ReadAsync(TestContext.Current.CancellationToken))
        {
            events.Add(tokenEvent);
        }

        return events;
    }

    private static string Text(TokenEvent e) => $"{e.TokenId} {e.Logprob:R} {e.Finish} {string.Join(" ", (e.Top ?? []).Select(t => $"{t.TokenId}:{t.Logprob:R}"))}";
}
