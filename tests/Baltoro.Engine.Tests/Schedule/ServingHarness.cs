namespace Baltoro.Engine.Tests.Schedule;

/// <summary>Builds engines over <see cref="ChainRunner"/> and collects what they say.</summary>
internal static class ServingHarness
{
    public const int Vocabulary = 97;

    public static InferenceEngine Create(int pages, EngineOptions options, out ChainRunner runner, int maxPositions = 4096)
    {
        runner = new ChainRunner(Vocabulary, maxPositions);
        long pageBytes = Baltoro.Engine.Cache.LatentCache.PageBytes(1, ChainRunner.RowWidth);
        return new InferenceEngine(runner, 1, ChainRunner.RowWidth, options with { KvCacheBytes = pages * pageBytes });
    }

    public static GenerationRequest Request(int seed, int promptLength, int maxNewTokens, float temperature = 1f)
    {
        var random = new Random(seed);
        int[] prompt = [.. Enumerable.Range(0, promptLength).Select(_ => random.Next(Vocabulary))];
        return new GenerationRequest
        {
            RequestId = $"r{seed}",
            TenantId = "t",
            PromptIds = prompt,
            MaxNewTokens = maxNewTokens,
            Sampling = new SamplingParams { Temperature = temperature, Seed = (ulong)seed, TopP = 0.95f },
            StopIds = [0],
        };
    }

    /// <summary>Puts the first <paramref name="length"/> tokens of shared text number <paramref name="text"/> before the prompt.</summary>
    public static GenerationRequest WithPrefix(GenerationRequest request, int text, int length)
    {
        var random = new Random(900 + text);
        int[] prefix = [.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))];
        return request with { PromptIds = (int[])[.. prefix, .. request.PromptIds.Span] };
    }

    public static async Task<(List<int> Tokens, TokenEvent End)> CollectAsync(Generation generation, CancellationToken cancellationToken = default)
    {
        List<int> tokens = [];
        TokenEvent? end = null;
        await foreach (TokenEvent tokenEvent in generation.ReadAsync(cancellationToken))
        {
            Assert.Null(end);
            if (tokenEvent.Finish is null)
            {
                tokens.Add(tokenEvent.TokenId);
            }
            else
            {
                end = tokenEvent;
            }
        }

        Assert.NotNull(end);
        return (tokens, end.Value);
    }

    public static async Task AssertNothingLeftAsync(InferenceEngine engine)
    {
        for (int attempt = 0; attempt < 3_000 && (engine.Stats.Running > 0 || engine.Stats.Waiting > 0); attempt++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(0, engine.Stats.Running);
        Assert.Equal(0, engine.Stats.Waiting);
        Assert.Equal(engine.Stats.TotalPages, engine.Stats.FreePages + engine.Stats.CachedPages);
    }
}
