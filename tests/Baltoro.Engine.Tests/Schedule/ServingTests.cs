namespace Baltoro.Engine.Tests.Schedule;

public class ServingTests
{
    private static readonly EngineOptions Defaults = new() { PrefillTokensPerStep = 32, MaxRunning = 8, MaxWaiting = 64 };

    [Fact]
    public async Task Generation_AloneOrInACrowd_GivesTheSameTokens()
    {
        await using InferenceEngine quiet = ServingHarness.Create(256, Defaults, out _);
        await using InferenceEngine busy = ServingHarness.Create(24, Defaults, out _);
        GenerationRequest[] requests = [.. Enumerable.Range(1, 40).Select(i =>
            ServingHarness.Request(i, 1 + (i * 7 % 90), 40 + (i * 11 % 170)) with { StopIds = i % 2 == 0 ? [0] : [] })];
        var crowd = requests.Select(request => ServingHarness.CollectAsync(busy.Submit(request))).ToArray();
        foreach ((GenerationRequest request, Task<(List<int> Tokens, TokenEvent End)> task) in requests.Zip(crowd))
        {
            (List<int> alone, TokenEvent end) = await ServingHarness.CollectAsync(quiet.Submit(request));
            Assert.Equal(alone, (await task).Tokens);
            Assert.Equal(end.Finish, (await task).End.Finish);
        }

        Assert.True(busy.Stats.Preemptions > 0, "the crowd was meant to run out of pages");
        await ServingHarness.AssertNothingLeftAsync(busy);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(1000)]
    public async Task Prompt_InChunksOfAnySize_GivesTheSameTokens(int chunk)
    {
        await using InferenceEngine whole = ServingHarness.Create(64, Defaults with { PrefillTokensPerStep = 4096 }, out _);
        await using InferenceEngine chunked = ServingHarness.Create(64, Defaults with { PrefillTokensPerStep = chunk }, out _);
        GenerationRequest request = ServingHarness.Request(5, 123, 40);
        Assert.Equal(
            (await ServingHarness.CollectAsync(whole.Submit(request))).Tokens,
            (await ServingHarness.CollectAsync(chunked.Submit(request))).Tokens);
    }

    [Fact]
    public async Task Generation_StopIdDrawn_EndsWithStopTokenLast()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        bool seen = false;
        for (int seed = 0; seed < 20; seed++)
        {
            (List<int> tokens, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(seed, 3, 200)));
            Assert.DoesNotContain(0, tokens.SkipLast(1));
            Assert.Equal(tokens[^1] == 0 ? FinishReason.StopToken : FinishReason.Length, end.Finish);
            seen |= tokens[^1] == 0;
        }

        Assert.True(seen);
    }

    [Fact]
    public async Task Generation_WindowReached_EndsWithLength()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _, maxPositions: 50);
        GenerationRequest request = ServingHarness.Request(1, 45, 100) with { StopIds = [] };
        (List<int> tokens, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(request));
        Assert.Equal(5, tokens.Count);
        Assert.Equal(FinishReason.Length, end.Finish);
    }

    [Fact]
    public async Task Cancel_WhileRunning_StopsWithinOneStep()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out ChainRunner runner);
        Generation? generation = null;
        using var submitted = new ManualResetEventSlim();
        long cancelledAt = long.MaxValue;
        long lastStepWithRows = 0;
        runner.BeforeStep = _ =>
        {
            lastStepWithRows = runner.Steps;
            if (runner.Steps == 10)
            {
                submitted.Wait();
                cancelledAt = runner.Steps;
                Volatile.Read(ref generation)!.Cancel();
            }
        };
        GenerationRequest request = ServingHarness.Request(3, 4, 1000) with { StopIds = [] };
        Volatile.Write(ref generation, engine.Submit(request));
        submitted.Set();
        (_, TokenEvent end) = await ServingHarness.CollectAsync(generation!);
        Assert.Equal(FinishReason.Cancelled, end.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
        Assert.Equal(cancelledAt, lastStepWithRows);
    }

    [Fact]
    public async Task Step_Throws_EndsItsSequencesAndTheEngineGoesOn()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out ChainRunner runner);
        runner.FailAtStep = 3;
        (_, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(1, 4, 50) with { StopIds = [] }));
        Assert.Equal(FinishReason.Fault, end.Finish);
        Assert.Contains("planned failure", end.FaultMessage);
        (List<int> tokens, TokenEvent after) = await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(2, 4, 9) with { StopIds = [] }));
        Assert.Equal(9, tokens.Count);
        Assert.Equal(FinishReason.Length, after.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Logits_NotANumber_EndOnlyTheirOwnSequence()
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out ChainRunner runner);
        runner.IsSpoiled = slice => slice.StartPosition == 9;
        using var gate = new ManualResetEventSlim();
        runner.BeforeStep = _ => gate.Wait();
        GenerationRequest[] requests = [.. Enumerable.Range(4, 3).Select(length => ServingHarness.Request(length, length, 3) with { StopIds = [] })];
        requests[1] = requests[1] with { MaxNewTokens = 50 };
        Task<(List<int> Tokens, TokenEvent End)>[] all = [.. requests.Select(request => ServingHarness.CollectAsync(engine.Submit(request)))];
        Task<(List<int> Tokens, TokenEvent End)> other = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(9, 20, 30) with { StopIds = [] }));
        gate.Set();
        Assert.Equal(FinishReason.Fault, (await all[1]).End.Finish);
        Assert.Equal([FinishReason.Length, FinishReason.Length, FinishReason.Length], [(await all[0]).End.Finish, (await all[2]).End.Finish, (await other).End.Finish]);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Submit_QueueFull_IsRefusedAndLaterAccepted()
    {
        using var gate = new ManualResetEventSlim();
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults with { MaxRunning = 1, MaxWaiting = 1 }, out ChainRunner runner);
        runner.BeforeStep = _ => gate.Wait();
        Task<(List<int>, TokenEvent)> first = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(1, 4, 3)));
        Task<(List<int>, TokenEvent)> second = ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(2, 4, 3)));
        Assert.Throws<EngineBusyException>(() => engine.Submit(ServingHarness.Request(3, 4, 3)));
        gate.Set();
        await Task.WhenAll(first, second);
        await ServingHarness.AssertNothingLeftAsync(engine);
        await ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(3, 4, 3)));
    }

    [Fact]
    public async Task Dispose_WithWorkInFlight_EndsEverythingAsCancelled()
    {
        InferenceEngine engine = ServingHarness.Create(256, Defaults, out _);
        Task<(List<int> Tokens, TokenEvent End)>[] all =
            [.. Enumerable.Range(0, 20).Select(i => ServingHarness.CollectAsync(engine.Submit(ServingHarness.Request(i, 4, 4000) with { StopIds = [] })))];
        await engine.DisposeAsync();
        foreach ((_, TokenEvent end) in await Task.WhenAll(all))
        {
            Assert.Contains(end.Finish, new FinishReason?[] { FinishReason.Cancelled, FinishReason.Length });
        }

        Assert.Throws<ObjectDisposedException>(() => engine.Submit(ServingHarness.Request(1, 1, 1)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(ServingHarness.Vocabulary)]
    public async Task Submit_IdOutsideTheVocabulary_NamesTheField(int id)
    {
        await using InferenceEngine engine = ServingHarness.Create(64, Defaults, out _);
        GenerationRequest request = ServingHarness.Request(1, 1, 1) with { PromptIds = new[] { id } };
        ArgumentException error = Assert.Throws<ArgumentException>(() => engine.Submit(request));
        Assert.Equal($"PromptIds is {id}; allowed is ids from 0 to {ServingHarness.Vocabulary - 1}.", error.Message);
    }
}
