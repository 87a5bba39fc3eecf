namespace Baltoro.Engine.Weights;

/// <summary>A mixture-of-experts block.</summary>
internal sealed record MoeWeights
{
    /// <summary>[experts, hidden], float32: routing is never done in fewer bits.</summary>
    public required WeightMatrix Router { get; init; }

    /// <summary>e_score_correction_bias [experts]; null for greedy routing.</summary>
    public WeightVector? SelectionBias { get; init; }

    public required IReadOnlyList<FeedForwardWeights> Experts { get; init; }

    /// <summary>The shared experts as one block of their joint width; null when the model has none.</summary>
    public FeedForwardWeights? Shared { get; init; }
}
