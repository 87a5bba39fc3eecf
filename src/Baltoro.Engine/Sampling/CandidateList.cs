namespace Baltoro.Engine.Sampling;

/// <summary>
/// The tokens that survive top-k, top-p and min-p, most likely first (lower id first among equals). Scratch of one
/// vocabulary, reused for every token.
/// </summary>
internal sealed class CandidateList(int vocabularySize)
{
    private readonly int[] _ids = new int[vocabularySize];
    private readonly float[] _negatedWeights = new float[vocabularySize];
    private int _count;

    /// <summary>
    /// Keeps the candidates of weights[vocabulary] (relative to the largest, which is 1). Sorts only tokens above a
    /// floor, which is lowered until enough of them, or enough mass, lies above it. At least one token stays.
    /// </summary>
    public void Fill(ReadOnlySpan<float> weights, SamplingParams sampling)
    {
        int limit = sampling.TopK > 0 ? Math.Min(sampling.TopK, weights.Length) : weights.Length;
        double total = WeightScan.Sum(weights, 0);
        float floor = 0.01f;
        while (true)
        {
            double mass = Gather(weights, floor);
            bool enough = _count >= limit || mass >= sampling.TopP * total;
            if (enough || floor == 0f)
            {
                break;
            }

            floor = floor > 1e-6f ? floor * 0.1f : 0f;
        }

        _negatedWeights.AsSpan(0, _count).Sort(_ids.AsSpan(0, _count));
        OrderTies();
        Cut(limit, sampling, total);
    }

    /// <summary>Inverse transform with <paramref name="unit"/> in [0, 1).</summary>
    public int Pick(double unit)
    {
        double total = 0;
        for (int i = 0; i < _count; i++)
        {
            total -= _negatedWeights[i];
        }

        double target = unit * total;
        for (int i = 0; i < _count - 1; i++)
        {
            target += _negatedWeights[i];
            if (target < 0)
            {
                return _ids[i];
            }
        }

        return _ids[_count - 1];
    }

    private double Gather(ReadOnlySpan<float> weights, float floor)
    {
        _count = WeightScan.Gather(weights, floor, _ids, _negatedWeights);
        double mass = 0;
        foreach (float negated in _negatedWeights.AsSpan(0, _count))
        {
            mass -= negated;
        }

        return mass;
    }

    /// <summary>The sort is not stable: ids of equal weight are put in ascending order, so that the result is defined.</summary>
    private void OrderTies()
    {
        int start = 0;
        for (int i = 1; i <= _count; i++)
        {
            if (i == _count || _negatedWeights[i] != _negatedWeights[start])
            {
                if (i - start > 1)
                {
                    _ids.AsSpan(start, i - start).Sort();
                }

                start = i;
            }
        }
    }

    private void Cut(int limit, SamplingParams sampling, double total)
    {
        int candidates = Math.Min(_count, limit);
        double mass = total;
        if (limit < _negatedWeights.Length)
        {
            mass = 0;
            for (int i = 0; i < candidates; i++)
            {
                mass -= _negatedWeights[i];
            }
        }

        double wanted = sampling.TopP * mass;
        double running = 0;
        int kept = 0;
        while (kept < candidates && (kept == 0 || (running < wanted && -_negatedWeights[kept] >= sampling.MinP)))
        {
            running -= _negatedWeights[kept++];
        }

        _count = kept;
    }
}
