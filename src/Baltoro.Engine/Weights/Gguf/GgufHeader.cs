namespace Baltoro.Engine.Weights.Gguf;

/// <summary>The checked header of one GGUF file.</summary>
/// <param name="Tensors">In the order of their data.</param>
/// <param name="DataOffset">Byte of the file where the data section starts.</param>
internal sealed record GgufHeader(GgufMetadata Metadata, IReadOnlyList<GgufTensor> Tensors, long DataOffset, int Alignment);
