namespace Baltoro.Engine.Weights.Vision;

/// <summary>All weights of a vision tower and its projector, with the memory they point into (but for files that the text model owns).</summary>
internal sealed class VisionWeights(params IDisposable[] owners) : IDisposable
{
    /// <summary>patch_embed.proj [hidden, 3 · patch · patch].</summary>
    public required LinearWeights PatchEmbed { get; init; }

    /// <summary>pos_emb [table rows · table columns, hidden], float32.</summary>
    public required WeightMatrix Positions { get; init; }

    public required IReadOnlyList<VisionLayerWeights> Layers { get; init; }

    public required NormWeights FinalNorm { get; init; }

    /// <summary>pre_norm [hidden], over each patch before merging.</summary>
    public required NormWeights ProjectorNorm { get; init; }

    /// <summary>[cell width, cell width].</summary>
    public required LinearWeights ProjectorIn { get; init; }

    /// <summary>[text width, cell width].</summary>
    public required LinearWeights ProjectorOut { get; init; }

    /// <summary>Bytes of weights in use, mapped or copied.</summary>
    public required long ByteCount { get; init; }

    public void Dispose()
    {
        foreach (IDisposable owner in owners)
        {
            owner.Dispose();
        }
    }
}
