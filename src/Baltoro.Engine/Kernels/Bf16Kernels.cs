namespace Baltoro.Engine.Kernels;

/// <summary>Products of bfloat16 matrices, for attention beside quantized weights.</summary>
internal sealed unsafe class Bf16Kernels
{
    /// <inheritdoc cref="Bf16Args"/>
    public required delegate*<in Bf16Args, void> Product { get; init; }

    /// <inheritdoc cref="LatentPairArgs"/>
    public required delegate*<in LatentPairArgs, void> RoundPair { get; init; }
}
