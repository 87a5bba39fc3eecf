namespace Baltoro.Engine.Kernels;

/// <summary>
/// One variant of every kernel, filled once by <see cref="KernelCatalog"/>. Signatures are documented at the generic kernels;
/// callers are the wrappers in <c>Ops</c>, which check shapes first.
/// </summary>
internal sealed unsafe class KernelTable
{
    /// <summary>Name of the variant, one of <see cref="KernelCatalog.Names"/>.</summary>
    public required string Name { get; init; }

    public required delegate*<in MatMulArgs, void> MatMulBf16 { get; init; }

    public required delegate*<in MatMulArgs, void> MatMulF32 { get; init; }

    public required delegate*<in MatMulArgs, void> MatMulQ8 { get; init; }

    public required delegate*<in MatMulArgs, void> MatMulQ4 { get; init; }

    public required delegate*<float*, float*, int, float, float*, void> RmsNorm { get; init; }

    public required delegate*<float*, float*, float*, int, void> Rope { get; init; }

    public required delegate*<float*, float*, int, float*, void> Swiglu { get; init; }

    public required delegate*<float, float*, int, float*, void> Axpy { get; init; }

    public required delegate*<float*, float*, float*, int, float, float*, void> LayerNorm { get; init; }

    public required delegate*<float*, int, float*, void> GeluTanh { get; init; }

    public required delegate*<float*, int, float*, void> GeluErf { get; init; }

    public required delegate*<float*, int, float, ref float, ref float, float> SoftmaxTile { get; init; }

    public required delegate*<in WeightedSumArgs, void> WeightedSum { get; init; }

    public required delegate*<in RowSumArgs, void> RowSums { get; init; }

    /// <summary>Products of quantized weights with int8 activations; null where the variant widens such weights instead.</summary>
    public PackedKernels? Packed { get; init; }

    /// <summary>Products of bfloat16 matrices; null where attention over prompts stays in float32.</summary>
    public Bf16Kernels? Bf16 { get; init; }
}
