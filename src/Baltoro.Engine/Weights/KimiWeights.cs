namespace Baltoro.Engine.Weights;

/// <summary>All text weights of a model by role, with the memory they point into.</summary>
internal sealed class KimiWeights : IDisposable
{
    private readonly IDisposable[] _owners;

    public KimiWeights(params IDisposable[] owners) => _owners = owners;

    /// <summary>[vocabulary, hidden].</summary>
    public required WeightMatrix Embedding { get; init; }

    /// <summary>[hidden].</summary>
    public required WeightVector FinalNorm { get; init; }

    /// <summary>[vocabulary, hidden]; the embedding itself when the two are tied.</summary>
    public required WeightMatrix Head { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>Bytes of weights in use, mapped or copied.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Whether some matrices lie in tiles, which want quantized activations.</summary>
    public required bool HasTiles { get; init; }

    /// <summary>Tensors of the files that this version knows and leaves out (vision, rotary tables, layers past the last).</summary>
    public required IReadOnlyList<string> NotLoaded { get; init; }

    public void Dispose()
    {
        foreach (IDisposable owner in _owners)
        {
            owner.Dispose();
        }
    }
}
