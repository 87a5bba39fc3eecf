using Baltoro.Engine.Model;

namespace Baltoro.Engine.Weights.Export;

/// <summary>What <c>models verify</c> found. A model without <see cref="Problems"/> loads.</summary>
public sealed record ModelReport
{
    public required string Path { get; init; }

    /// <summary><c>safetensors</c> or <c>gguf</c>.</summary>
    public required string Format { get; init; }

    public required KimiConfig Config { get; init; }

    public required int TensorCount { get; init; }

    /// <summary>Bytes of all tensors in the files.</summary>
    public required long ByteCount { get; init; }

    /// <summary>
    /// One sentence per tensor that is missing, left over, of the wrong shape or format, or holds values that are not finite.
    /// </summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Tensors that text inference leaves out on purpose.</summary>
    public required IReadOnlyList<string> NotLoaded { get; init; }

    /// <summary>Whether the values were read, or the headers alone.</summary>
    public required bool ValuesRead { get; init; }
}
