namespace Baltoro.Engine.Weights;

/// <summary>Multi-head latent attention. Shapes in the words of <c>KimiConfig</c>; H heads.</summary>
internal sealed record AttentionWeights
{
    /// <summary>q_a_proj [query rank, hidden]; null when queries are projected directly.</summary>
    public WeightMatrix? QueryDown { get; init; }

    /// <summary>q_a_layernorm [query rank]; set with <see cref="QueryDown"/>.</summary>
    public WeightVector? QueryNorm { get; init; }

    /// <summary>q_b_proj [H·(nope + rope), query rank], or q_proj [H·(nope + rope), hidden].</summary>
    public required WeightMatrix Query { get; init; }

    /// <summary>kv_a_proj_with_mqa [latent rank + rope, hidden].</summary>
    public required WeightMatrix Latent { get; init; }

    /// <summary>kv_a_layernorm [latent rank].</summary>
    public required WeightVector LatentNorm { get; init; }

    /// <summary>W_UK of each head [nope, latent rank]: the key rows of kv_b_proj.</summary>
    public required IReadOnlyList<WeightMatrix> KeyUp { get; init; }

    /// <summary>W_UV of each head [value, latent rank]: the value rows of kv_b_proj.</summary>
    public required IReadOnlyList<WeightMatrix> ValueUp { get; init; }

    /// <summary>W_UK of every head transposed, [H·latent rank, nope]: what the absorbed form multiplies queries with.</summary>
    public required WeightMatrix KeyAbsorb { get; init; }

    /// <summary>W_UK and W_UV of each head in bfloat16, for attention over prompts; empty where that is done in float32.</summary>
    public required IReadOnlyList<LatentPanels> Panels { get; init; }

    /// <summary>o_proj [hidden, H·value].</summary>
    public required WeightMatrix Output { get; init; }
}
