namespace Baltoro.Engine.Weights.Gguf;

/// <summary>Where a role lies in a GGUF file.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Expert">The slice of a stack of experts, outermost dimension; null for a tensor of its own.</param>
/// <param name="Half">0 or 1: gate rows or up rows of a fused stack; null otherwise.</param>
internal readonly record struct GgufPlace(string Name, int? Expert = null, int? Half = null);
