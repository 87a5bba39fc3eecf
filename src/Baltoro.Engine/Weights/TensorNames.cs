namespace Baltoro.Engine.Weights;

/// <summary>
/// Hugging Face tensor names of the family, normalised: <c>language_model.model.x</c>, <c>language_model.layers.x</c>
/// (without the inner <c>model.</c>) and <c>model.x</c> all become <c>model.x</c>.
/// </summary>
internal static class TensorNames
{
    private const string Outer = "language_model.";
    private const string Inner = "model.";
    private const string LayerPrefix = "model.layers.";

    private static readonly string[] VisionPrefixes = ["vision_tower.", "mm_projector.", "multi_modal_projector."];
    private static readonly string[] DerivedSuffixes = ["rotary_emb.inv_freq", "cos_cached", "sin_cached"];

    /// <summary>The name without the multimodal wrapper's prefix.</summary>
    public static string Normalise(string name)
    {
        if (!name.StartsWith(Outer, StringComparison.Ordinal))
        {
            return name;
        }

        string rest = name[Outer.Length..];
        bool bare = rest.StartsWith("layers.", StringComparison.Ordinal)
            || rest.StartsWith("embed_tokens.", StringComparison.Ordinal)
            || rest.StartsWith("norm.", StringComparison.Ordinal);
        return bare ? Inner + rest : rest;
    }

    /// <summary>Whether a tensor belongs to a vision tower or its projector.</summary>
    public static bool IsVision(string normalised) => VisionPrefixes.Any(prefix => normalised.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether text loading leaves this tensor out on purpose: vision, rotary tables, layers past the last.</summary>
    public static bool IsLeftOut(string normalised, int layerCount) =>
        IsVision(normalised)
        || DerivedSuffixes.Any(suffix => normalised.EndsWith(suffix, StringComparison.Ordinal))
        || (LayerOf(normalised) is int layer && layer >= layerCount);

    private static int? LayerOf(string normalised)
    {
        if (!normalised.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        int dot = normalised.IndexOf('.', LayerPrefix.Length);
        return dot > 0 && int.TryParse(normalised.AsSpan(LayerPrefix.Length, dot - LayerPrefix.Length), out int layer) ? layer : null;
    }
}
