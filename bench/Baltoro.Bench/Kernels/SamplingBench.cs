using Baltoro.Engine;
using Baltoro.Engine.Sampling;

namespace Baltoro.Bench.Kernels;

/// <summary>Drawing a token from the vocabulary of Kimi K2.5; logits about normal with a few that stand out, as a model's.</summary>
internal static class SamplingBench
{
    private const int Vocabulary = 163840;

    public static object Draw(string name, SamplingParams sampling)
    {
        Random random = new(1);
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(id => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 5) + (id % 9001 == 7 ? 12 : 0))];
        Sampler sampler = new(Vocabulary);
        int draw = 0;
        (double best, double median) = ThreadClock.Measure(31, () => sampler.Draw(logits, sampling, null, draw++, null));
        return new { draw = name, best_us = Math.Round(best * 1e6), median_us = Math.Round(median * 1e6) };
    }
}
