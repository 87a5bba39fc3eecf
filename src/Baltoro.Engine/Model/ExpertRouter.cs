namespace Baltoro.Engine.Model;

/// <summary>
/// Chooses the experts of one token from its router logits. Scores are sigmoid or softmax of the logits in double; the
/// selection bias counts for the choice only, never for the weight. Ties go to the lower index. Source: DeepSeek-V3
/// (<c>noaux_tc</c>); a group outside the best is excluded altogether. Threads: one instance per worker.
/// </summary>
internal sealed class ExpertRouter(KimiConfig config)
{
    private const double SumGuard = 1e-20;

    private readonly double[] _scores = new double[config.ExpertCount];
    private readonly double[] _ranking = new double[config.ExpertCount];
    private readonly double[] _groups = new double[config.GroupCount];

    /// <summary>
    /// Writes the chosen experts, best first, and their weights. Shapes: logits[experts], bias[experts] or empty,
    /// experts[experts per token], weights[experts per token].
    /// </summary>
    public void Select(ReadOnlySpan<float> logits, ReadOnlySpan<float> bias, Span<int> experts, Span<float> weights)
    {
        Score(logits);
        for (int i = 0; i < _ranking.Length; i++)
        {
            _ranking[i] = bias.IsEmpty ? _scores[i] : _scores[i] + bias[i];
        }

        if (config.TopGroupCount < config.GroupCount)
        {
            ExcludeGroups();
        }

        double sum = 0;
        for (int rank = 0; rank < experts.Length; rank++)
        {
            int best = TakeBest(_ranking);
            experts[rank] = best;
            sum += _scores[best];
        }

        double scale = config.RoutedScalingFactor / (config.NormalizeTopK ? sum + SumGuard : 1);
        for (int rank = 0; rank < experts.Length; rank++)
        {
            weights[rank] = (float)(_scores[experts[rank]] * scale);
        }
    }

    private void Score(ReadOnlySpan<float> logits)
    {
        if (config.Scoring == ScoringFunction.Sigmoid)
        {
            for (int i = 0; i < _scores.Length; i++)
            {
                _scores[i] = 1 / (1 + Math.Exp(-(double)logits[i]));
            }

            return;
        }

        double max = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = Math.Max(max, logit);
        }

        double sum = 0;
        for (int i = 0; i < _scores.Length; i++)
        {
            _scores[i] = Math.Exp(logits[i] - max);
            sum += _scores[i];
        }

        for (int i = 0; i < _scores.Length; i++)
        {
            _scores[i] /= sum;
        }
    }

    /// <summary>A group counts as much as its two best experts; all but the best groups leave the ranking.</summary>
    private void ExcludeGroups()
    {
        int size = config.ExpertCount / config.GroupCount;
        for (int group = 0; group < _groups.Length; group++)
        {
            double first = double.NegativeInfinity;
            double second = double.NegativeInfinity;
            foreach (double value in _ranking.AsSpan(group * size, size))
            {
                second = Math.Max(second, Math.Min(first, value));
                first = Math.Max(first, value);
            }

            _groups[group] = size == 1 ? first : first + second;
        }

        for (int kept = 0; kept < config.TopGroupCount; kept++)
        {
            TakeBest(_groups);
        }

        for (int group = 0; group < _groups.Length; group++)
        {
            if (!double.IsNegativeInfinity(_groups[group]))
            {
                _ranking.AsSpan(group * size, size).Fill(double.NegativeInfinity);
            }
        }
    }

    /// <summary>Index of the largest value, the lowest of equals; the value is replaced by −∞.</summary>
    private static int TakeBest(Span<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }

        values[best] = double.NegativeInfinity;
        return best;
    }
}
