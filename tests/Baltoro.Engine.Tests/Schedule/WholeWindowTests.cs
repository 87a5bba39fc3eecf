using System.Diagnostics;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>
/// I5 and I6 over long prompts on the shipped weights: a prompt read in one go, one read in other chunks and one whose
/// beginning comes from the prefix cache give the same tokens with the same log probabilities, bit for bit. A needle stands
/// near the start, so that the last rows look back over the whole length. 1,000 tokens in every run; 32,000 and 131,000 in
/// the soak run. Reports what a token costs along the way.
/// </summary>
public sealed class WholeWindowTests
{
    private const int NewTokens = 12;

    private static readonly string _model = Path.Combine(AppContext.BaseDirectory.Split("artifacts")[0], "models", "kimi-nano");

    public static TheoryData<int> Lengths => Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? [1_000, 32_000, 131_000] : [1_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task LongPrompt_ColdChunkedOrCached_GivesTheSame(int length)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(_model, "config.json")), "models/kimi-nano is not here");
        int[] prompt = Text(length, 1);
        int[] other = [.. prompt[..(length * 9 / 10)], .. Text(length / 10, 2)];
        EngineOptions options = new() { KvCacheBytes = 1L << 30, PrefixCache = false };
        (string cold, _) = await AnswerAsync(options, "cold", prompt);
        (string chunked, _) = await AnswerAsync(options with { PrefillTokensPerStep = 200, Threads = 1 }, "chunks of 200, one thread", prompt);
        (string cached, TokenEvent end) = await AnswerAsync(options with { PrefixCache = true }, "cached", other, prompt);
        Assert.Equal(cold, chunked);
        Assert.Equal(cold, cached);
        Assert.InRange(end.CachedTokens, length * 8 / 10, length * 9 / 10);
    }

    /// <summary>What is said after the last of <paramref name="prompts"/>, with every log probability in full precision.</summary>
    private static async Task<(string Answer, TokenEvent End)> AnswerAsync(EngineOptions options, string name, params int[][] prompts)
    {
        await using InferenceEngine engine = InferenceEngine.Open(_model, options);
        List<string> tokens = [];
        TokenEvent last = default;
        foreach (int[] prompt in prompts)
        {
            tokens.Clear();
            long start = Stopwatch.GetTimestamp();
            double firstSeconds = 0;
            GenerationRequest request = ServingHarness.Request(1, 1, NewTokens, 0f) with { PromptIds = prompt, StopIds = [], TopLogprobs = 3 };
            await foreach (TokenEvent token in engine.Submit(request).ReadAsync(TestContext.Current.CancellationToken))
            {
                firstSeconds = firstSeconds == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : firstSeconds;
                tokens.Add($"{token.TokenId} {token.Logprob:R} {string.Join(" ", (token.Top ?? []).Select(top => $"{top.TokenId}:{top.Logprob:R}"))}");
                last = token;
            }

            double decodeMs = (Stopwatch.GetElapsedTime(start).TotalSeconds - firstSeconds) * 1000 / (NewTokens - 1);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{name}, {prompt.Length} tokens, {last.CachedTokens} cached: first token {firstSeconds:F2} s ({firstSeconds * 1e6 / prompt.Length:F0} us per prompt token), then {decodeMs:F2} ms per token");
        }

        tokens.RemoveAt(tokens.Count - 1);
        return (string.Join("\n", tokens), last);
    }

    /// <summary>Ordinary token ids, with the same five as a needle near the start and near the end.</summary>
    private static int[] Text(int length, int seed)
    {
        Random random = new(seed);
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(300, 5_800))];
        int[] needle = [611, 2_222, 3_141, 1_618, 2_718];
        needle.CopyTo(ids, length / 20);
        needle.AsSpan(0, 4).CopyTo(ids.AsSpan(length - 4));
        return ids;
    }
}
