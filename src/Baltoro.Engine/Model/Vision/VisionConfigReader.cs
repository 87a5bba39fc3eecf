using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// Reads <c>vision_config</c> of a config.json: Kimi K2.5's (<c>vt_…</c> fields) or Kimi-VL's (<c>moonvit</c>). Read only when
/// the files hold a tower, so that text checkpoints may keep an incomplete one.
/// </summary>
internal static class VisionConfigReader
{
    private const int MaxWidth = 1 << 20;

    /// <summary>The tower of the config.json at <paramref name="path"/>; null when it describes none.</summary>
    public static VisionConfig? ReadFile(string path, KimiConfig text) => Read(File.ReadAllBytes(path), path, text);

    /// <summary>As <see cref="ReadFile"/>, from the file's text; <paramref name="path"/> names it in errors.</summary>
    public static VisionConfig? Read(ReadOnlyMemory<byte> json, string path, KimiConfig text)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        ConfigFields outer = new(document.RootElement, path, "");
        if (outer.Object("vision_config") is not ConfigFields vision)
        {
            return null;
        }

        VisionConfig config = vision.Has("vt_hidden_size") ? ReadK25(vision, text) : ReadMoonVit(vision, text);
        return config.Checked(text.HiddenSize, vision.Wrong);
    }

    private static VisionConfig ReadK25(ConfigFields vision, KimiConfig text)
    {
        vision.Choice("merge_type", "sd2_tpool", "sd2_tpool");
        vision.Choice("pos_emb_type", "divided_fixed", "divided_fixed");
        vision.Choice("video_attn_type", "spatial_temporal", "spatial_temporal");
        vision.Choice("mm_projector_type", "patchmerger", "patchmerger");
        vision.Choice("projector_hidden_act", "gelu", "gelu");
        int hidden = vision.Int("vt_hidden_size", 4, MaxWidth);
        if (vision.OptionalInt("mm_hidden_size", 1) is int projected && projected != hidden)
        {
            throw vision.Wrong("mm_hidden_size", $"vt_hidden_size ({hidden})", $"{projected}");
        }

        return new VisionConfig
        {
            TakesVideo = true,
            HiddenSize = hidden,
            LayerCount = vision.Int("vt_num_hidden_layers", 1, 10_000),
            HeadCount = vision.Int("vt_num_attention_heads", 1, hidden),
            MlpWidth = vision.Int("vt_intermediate_size", 1, MaxWidth),
            PatchSize = vision.OptionalInt("patch_size", 1, 256) ?? 14,
            MergeSize = MergeSize(vision),
            TableRows = vision.Int("init_pos_emb_height", 1, VisionConfig.SideLimit),
            TableColumns = vision.Int("init_pos_emb_width", 1, VisionConfig.SideLimit),
            FrameLimit = vision.Int("init_pos_emb_time", 1, 1024),
            TextWidth = vision.OptionalInt("text_hidden_size", 1) ?? text.HiddenSize,
            ProjectorEps = (float)(vision.OptionalNumber("projector_ln_eps", 0) ?? 1e-5),
        };
    }

    private static VisionConfig ReadMoonVit(ConfigFields vision, KimiConfig text)
    {
        vision.Choice("model_type", "moonvit", "moonvit");
        int hidden = vision.Int("hidden_size", 4, MaxWidth);
        return new VisionConfig
        {
            TakesVideo = false,
            HiddenSize = hidden,
            LayerCount = vision.Int("num_hidden_layers", 1, 10_000),
            HeadCount = vision.Int("num_attention_heads", 1, hidden),
            MlpWidth = vision.Int("intermediate_size", 1, MaxWidth),
            PatchSize = vision.OptionalInt("patch_size", 1, 256) ?? 14,
            MergeSize = MergeSize(vision),
            TableRows = vision.Int("init_pos_emb_height", 1, VisionConfig.SideLimit),
            TableColumns = vision.Int("init_pos_emb_width", 1, VisionConfig.SideLimit),
            FrameLimit = 1,
            TextWidth = text.HiddenSize,
        };
    }

    /// <summary><c>merge_kernel_size</c>: one number, or rows and columns, which have to be equal.</summary>
    private static int MergeSize(ConfigFields vision)
    {
        IReadOnlyList<int> sizes = vision.OptionalIds("merge_kernel_size", 65) ?? [2, 2];
        return sizes.Count is 1 or 2 && sizes[0] >= 1 && sizes[0] == sizes[^1]
            ? sizes[0]
            : throw vision.Wrong("merge_kernel_size", "one number or two equal ones, from 1 to 64", $"[{string.Join(", ", sizes)}]");
    }
}
