using System.Diagnostics;
using Baltoro.Engine;

namespace Baltoro.Bench;

/// <summary>
/// What guessing ahead gains where the answer repeats its prompt, and what it costs where it does not. The answers are
/// prescribed token by token through a constraint, so that every model "repeats" and the engine's work is that of a real answer.
/// <c>speculation --model PATH [--rounds 5] [--tokens 256] [--threads 0]</c>
/// </summary>
internal static class SpeculationBench
{
    public static object Run(BenchOptions options)
    {
        string model = options.Text("model") ?? throw new BenchOptionException("--model PATH is needed");
        int rounds = (int)options.Number("rounds", 5);
        int tokens = (int)options.Number("tokens", 256);
        int threads = (int)options.Number("threads", 0);
        Dictionary<string, List<double>> seconds = [];
        foreach (int round in Enumerable.Range(0, rounds + 1))
        {
            foreach (SpeculationMode mode in new[] { SpeculationMode.Off, SpeculationMode.Auto })
            {
                EngineOptions engineOptions = new() { Threads = threads, Speculation = mode, PrefixCache = false, KvCacheBytes = 256 << 20 };
                InferenceEngine engine = InferenceEngine.Open(model, engineOptions);
                foreach (bool repeats in new[] { true, false })
                {
                    double elapsed = AnswerAsync(engine, tokens, repeats).GetAwaiter().GetResult();
                    if (round > 0)
                    {
                        string name = $"{(repeats ? "repeating" : "fresh")}_{mode.ToString().ToLowerInvariant()}";
                        seconds.TryAdd(name, []);
                        seconds[name].Add(elapsed);
                    }
                }

                engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }

        Dictionary<string, double> rates = seconds.ToDictionary(pair => pair.Key, pair => tokens / Median(pair.Value));
        return new
        {
            bench = "speculation",
            model,
            tokens,
            rounds,
            tokens_per_second = rates,
            repeating_ratio = rates["repeating_auto"] / rates["repeating_off"],
            fresh_ratio = rates["fresh_auto"] / rates["fresh_off"],
        };
    }

    /// <summary>Seconds between the first and the last token.</summary>
    private static async Task<double> AnswerAsync(InferenceEngine engine, int tokens, bool repeats)
    {
        Random random = new(7);
        int[] prompt = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(256, engine.VocabularySize - 256))];
        int[] answer = repeats ? prompt : [.. Enumerable.Range(0, tokens).Select(_ => random.Next(256, engine.VocabularySize - 256))];
        Generation generation = engine.Submit(new GenerationRequest
        {
            RequestId = "bench",
            TenantId = "bench",
            PromptIds = prompt,
            MaxNewTokens = tokens,
            Sampling = new SamplingParams { Temperature = 0 },
            StopIds = [],
            Constraint = new PrescribedAnswer(answer),
        });
        long start = 0;
        await foreach (TokenEvent token in generation.ReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            start = start == 0 ? Stopwatch.GetTimestamp() : start;
            if (token.Finish is FinishReason.Fault)
            {
                throw new InvalidOperationException(token.FaultMessage);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
