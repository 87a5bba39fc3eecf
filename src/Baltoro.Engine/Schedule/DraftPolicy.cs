namespace Baltoro.Engine.Schedule;

/// <summary>
/// Decides how many tokens a sequence may guess ahead. With R rows in the step and k guesses of which a are expected right,
/// a step yields R + a tokens in the time of R + k rows instead of R tokens in that of R rows; the k with the most tokens
/// per second is taken, none where that is best. It changes speed only, never tokens. Used by the engine's owner thread only.
/// </summary>
internal sealed class DraftPolicy(SpeculationMode mode)
{
    /// <summary>Most tokens guessed at a time.</summary>
    public const int MaxDraft = 8;

    /// <summary>Steps of a sequence after which a guess is tried again though it did not pay.</summary>
    private const int ProbeSteps = 64;

    /// <summary>Guesses tried while the costs are unknown.</summary>
    private const int FirstDraft = 4;

    /// <summary>Gain below which guessing is not worth the risk that costs have changed.</summary>
    private const double LeastGain = 1.05;

    private readonly StepCost _cost = new();
    private int _probe = 1;

    /// <summary>Tokens guessed since the start.</summary>
    public long Drafted { get; private set; }

    /// <summary>Guessed tokens that were right.</summary>
    public long Accepted { get; private set; }

    /// <summary>A step of generating rows only took this long.</summary>
    public void ObserveStep(int rows, double seconds) => _cost.Observe(rows, seconds);

    /// <summary>Of <paramref name="drafted"/> guesses the first <paramref name="accepted"/> were right.</summary>
    public void ObserveDraft(int drafted, int accepted)
    {
        Drafted += drafted;
        Accepted += accepted;
    }

    /// <summary>
    /// Guesses for a sequence whose guesses are right with probability <paramref name="acceptance"/> each and that has
    /// gone <paramref name="stepsWithout"/> steps without any, in a step of <paramref name="rows"/> rows.
    /// </summary>
    public int Choose(double acceptance, int stepsWithout, int rows)
    {
        if (mode == SpeculationMode.Always)
        {
            return MaxDraft;
        }

        if (!_cost.IsKnown)
        {
            return FirstDraft;
        }

        int best = 0;
        double bestGain = LeastGain;
        double plain = _cost.Seconds(rows);
        for (int draft = 1; draft <= MaxDraft; draft *= 2)
        {
            double expected = acceptance * (1 - Math.Pow(acceptance, draft)) / Math.Max(1e-9, 1 - acceptance);
            double gain = (rows + expected) * plain / (rows * _cost.Seconds(rows + draft));
            if (gain > bestGain)
            {
                (best, bestGain) = (draft, gain);
            }
        }

        return best == 0 && stepsWithout >= ProbeSteps ? NextProbe() : best;
    }

    /// <summary>Probes take turns in size, so that each size's cost stays known.</summary>
    private int NextProbe()
    {
        _probe = _probe == MaxDraft ? 1 : _probe * 2;
        return _probe;
    }
}
