using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Weights;

/// <summary>What the kernels want weights repacked into at load.</summary>
/// <param name="Tiles">Q8_0 and Q4_0 into tiles.</param>
/// <param name="Bf16Panels">Quantized kv_b_proj into bfloat16 panels as well.</param>
internal readonly record struct WeightForm(bool Tiles, bool Bf16Panels)
{
    public static WeightForm Of(KernelTable kernels) => new(kernels.Packed is not null, kernels.Bf16 is not null);
}
