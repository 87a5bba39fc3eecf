namespace Baltoro.Engine.Model;

/// <summary>How config.json says that weights are quantized.</summary>
public enum WeightQuantization
{
    None,

    /// <summary>
    /// compressed-tensors <c>pack-quantized</c>: symmetric 4-bit integers in groups of 32 (Kimi K2-Thinking, K2.5).
    /// </summary>
    Int4Groups,

    /// <summary>E4M3 with a factor per 128 × 128 block (Kimi K2).</summary>
    Fp8Blocks,
}
