using System.Numerics.Tensors;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Sampling;

/// <summary>
/// Draws a token from a row of logits: the mask of a constraint, penalties and bias, then temperature, then top-k, then top-p over what is left,
/// then min-p. Holds scratch buffers of one vocabulary; one instance per thread (the engine's owner thread).
/// </summary>
public sealed class Sampler
{
    private readonly float[] _logits;
    private readonly float[] _weights;
    private readonly CandidateList _candidates;

    public Sampler(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        _logits = new float[vocabularySize];
        _weights = new float[vocabularySize];
        _candidates = new CandidateList(vocabularySize);
    }

    /// <summary>Draws token number <paramref name="drawIndex"/> of a sequence.</summary>
    /// <param name="logits">logits[vocabulary], float32; not changed.</param>
    /// <param name="counts">Tokens seen so far, or null when no penalty is on.</param>
    /// <param name="topLogprobs">Null for no log probabilities, otherwise the number of alternatives; both are those of the model, without the mask.</param>
    /// <param name="allowed">Bits of the tokens that may be drawn, at least one; empty for all.</param>
    /// <exception cref="InvariantException">The largest logit is not finite.</exception>
    public SampledToken Draw(ReadOnlySpan<float> logits, SamplingParams sampling, TokenCounts? counts, long drawIndex, int? topLogprobs, ReadOnlySpan<ulong> allowed = default)
    {
        Span<float> work = _logits;
        logits.CopyTo(work);
        ConstraintStep.Apply(allowed, work);
        counts?.Apply(work, sampling);
        if (sampling.LogitBias.Count > 0)
        {
            foreach ((int id, float bias) in sampling.LogitBias)
            {
                work[id] += bias;
            }
        }

        // IndexOfMax gives the lowest index among equals, and a NaN before any number.
        int best = TensorPrimitives.IndexOfMax<float>(work);
        Check.That(float.IsFinite(work[best]), "the largest logit is not finite");
        // Below the reciprocal's range the distribution is the largest logit alone.
        float sharpness = 1f / sampling.Temperature;
        int token = float.IsInfinity(sharpness) ? best : DrawRandom(work, work[best], sampling, sharpness, drawIndex);
        return topLogprobs is { } count ? LogprobReport.Build(logits, token, count) : new SampledToken(token, 0f, null);
    }

    private int DrawRandom(Span<float> logits, float largest, SamplingParams sampling, float sharpness, long drawIndex)
    {
        double unit = SeededRandom.NextUnit(sampling.Seed, drawIndex);
        Span<float> weights = _weights;
        TensorPrimitives.Subtract(logits, largest, weights);
        TensorPrimitives.Multiply(weights, sharpness, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        if (sampling.TopK <= 0 && sampling.TopP >= 1f)
        {
            return WeightScan.Pick(weights, sampling.MinP, unit);
        }

        _candidates.Fill(weights, sampling);
        return _candidates.Pick(unit);
    }
}
