namespace Baltoro.Engine.Weights.Export;

/// <summary>What a tensor of a GGUF file is; random models fill each kind differently.</summary>
internal enum GgufSlotKind
{
    Norm,
    Embedding,
    Matrix,
    Router,
    SelectionBias,
}
