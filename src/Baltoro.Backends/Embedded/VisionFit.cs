using Baltoro.Engine.Vision;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>Whether the tower of a model and its tokenizer belong together, and how pictures are cut for it.</summary>
internal static class VisionFit
{
    /// <summary>Settings for the pictures of the model at <paramref name="modelPath"/>; null for a model without a tower.</summary>
    /// <exception cref="EmbeddedModelException">Tower and tokenizer name different placeholder tokens.</exception>
    public static VisionSettings? SettingsOf(string modelPath, VisionFacts? tower, KimiTokenizer tokenizer)
    {
        if (tower is null)
        {
            return null;
        }

        if (tower.MediaPadId is { } pad && pad != tokenizer.Special.MediaPad)
        {
            throw new EmbeddedModelException(
                modelPath, $"media_placeholder_token_id {tokenizer.Special.MediaPad}, as the tokenizer has", $"{pad}");
        }

        return VisionSettingsReader.Load(EmbeddedModel.FolderOf(modelPath), tower.TakesVideo ? VisionFamily.K25 : VisionFamily.KimiVl);
    }
}
