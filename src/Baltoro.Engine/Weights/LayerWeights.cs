namespace Baltoro.Engine.Weights;

/// <summary>The weights of one decoder layer. Exactly one of <see cref="Dense"/> and <see cref="Moe"/> is set.</summary>
internal sealed record LayerWeights
{
    public required WeightVector InputNorm { get; init; }

    public required AttentionWeights Attention { get; init; }

    public required WeightVector PostAttentionNorm { get; init; }

    public FeedForwardWeights? Dense { get; init; }

    public MoeWeights? Moe { get; init; }
}
