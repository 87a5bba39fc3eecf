using System.Runtime.InteropServices;

namespace Baltoro.Engine.Sampling;

/// <summary>What a sequence has seen so far, for the penalties. Owned by one sequence; kept only when a penalty is on.</summary>
public sealed class TokenCounts
{
    private const float MaxLogit = 1e37f;
    private readonly Dictionary<int, int> _generated = [];
    private readonly HashSet<int> _seen = [];

    public TokenCounts(ReadOnlySpan<int> promptIds)
    {
        foreach (int id in promptIds)
        {
            _seen.Add(id);
        }
    }

    /// <summary>Notes a generated token.</summary>
    public void Add(int tokenId)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_generated, tokenId, out _)++;
        _seen.Add(tokenId);
    }

    /// <summary>
    /// Applies the penalties to logits[vocabulary] in place. Repetition: positive logits of tokens seen in prompt or
    /// answer are divided, negative ones multiplied (Keskar et al. 2019). Frequency and presence: over the answer only
    /// (the OpenAI definition).
    /// </summary>
    public void Apply(Span<float> logits, SamplingParams sampling)
    {
        if (sampling.RepetitionPenalty != 1f)
        {
            foreach (int id in _seen)
            {
                // A tiny penalty takes a logit beyond float32; a large finite value keeps a distribution that can be drawn.
                logits[id] = logits[id] > 0
                    ? MathF.Min(logits[id] / sampling.RepetitionPenalty, MaxLogit)
                    : logits[id] * sampling.RepetitionPenalty;
            }
        }

        foreach ((int id, int count) in _generated)
        {
            logits[id] -= sampling.PresencePenalty + (sampling.FrequencyPenalty * count);
        }
    }
}
