namespace Baltoro.Engine.Weights.Vision;

/// <summary>One block of the tower. Query, key and value rows are the thirds of wqkv, or tensors of their own.</summary>
internal sealed record VisionLayerWeights
{
    public required NormWeights AttentionNorm { get; init; }

    /// <summary>[hidden, hidden].</summary>
    public required LinearWeights Query { get; init; }

    /// <inheritdoc cref="Query"/>
    public required LinearWeights Key { get; init; }

    /// <inheritdoc cref="Query"/>
    public required LinearWeights Value { get; init; }

    /// <inheritdoc cref="Query"/>
    public required LinearWeights Output { get; init; }

    public required NormWeights MlpNorm { get; init; }

    /// <summary>fc0 [mlp, hidden].</summary>
    public required LinearWeights Up { get; init; }

    /// <summary>fc1 [hidden, mlp].</summary>
    public required LinearWeights Down { get; init; }
}
