using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// Formats of a GGUF file to be written. Norms, routers and their biases are always float32; a matrix whose rows do not fill
/// whole blocks is bfloat16.
/// </summary>
/// <param name="Experts">Routed experts.</param>
/// <param name="Dense">Every other matrix.</param>
/// <param name="SplitKeyValue">kv_b as attn_k_b (transposed) and attn_v_b, as current files have it, or joined as older ones.</param>
public sealed record GgufScheme(BlockType Experts, BlockType Dense, bool SplitKeyValue = true)
{
    /// <summary>Names of the formats that can be written, as the command line spells them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BlockEncoder.Writable.Select(type => type.ToString().ToLowerInvariant())];

    /// <summary>The format that <paramref name="name"/> spells; throws <see cref="ArgumentException"/> with the allowed names.</summary>
    public static BlockType Parse(string name, string option)
    {
        int index = Names.ToList().IndexOf(name.ToLowerInvariant());
        return index >= 0
            ? BlockEncoder.Writable[index]
            : throw new ArgumentException(
                $"{option}: '{name}' is not a format that can be written; allowed: {string.Join(", ", Names)}", option);
    }

    /// <summary>
    /// The scheme of <c>--quantize</c>: q4_0 puts the routed experts in 4 bits and the rest in 8, as Kimi's own checkpoints
    /// keep all but the experts wider; every other format is used for all matrices.
    /// </summary>
    public static GgufScheme ForQuantize(string name)
    {
        BlockType type = Parse(name, "quantize");
        return new GgufScheme(type, type == BlockType.Q4_0 ? BlockType.Q8_0 : type);
    }
}
