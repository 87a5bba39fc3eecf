namespace Baltoro.Engine;

/// <summary>Resolved sampling parameters of one sequence; every field has a value. Ranges are checked by <c>Engine.Submit</c>.</summary>
public sealed record SamplingParams
{
    /// <summary>0 is greedy (lowest id wins a tie); otherwise 0 &lt; t ≤ 2.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>Nucleus mass, 0 &lt; p ≤ 1.</summary>
    public float TopP { get; init; } = 1f;

    /// <summary>Keep the k most likely tokens; 0 switches it off.</summary>
    public int TopK { get; init; }

    /// <summary>Drop tokens below this share of the most likely one, 0..1.</summary>
    public float MinP { get; init; }

    public float PresencePenalty { get; init; }

    public float FrequencyPenalty { get; init; }

    /// <summary>1 switches it off.</summary>
    public float RepetitionPenalty { get; init; } = 1f;

    /// <summary>Token id to a value added to its logit.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>Seed of this sequence's own random stream: token number n of the sequence uses draw n, whatever else runs (I6).</summary>
    public ulong Seed { get; init; }
}
