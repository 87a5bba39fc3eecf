using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Model.Vision;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Reads the <c>clip.*</c> keys of an mmproj file of projector type <c>kimivl</c> or <c>kimik25</c>. Source: ggml's converters.
/// </summary>
internal static class MmprojConfig
{
    public const string TypeKey = "clip.projector_type";
    public const string KimiVl = "kimivl";
    public const string KimiK25 = "kimik25";

    private const string Prefix = "clip.vision.";
    private const int MaxWidth = 1 << 20;

    /// <summary>The tower of <paramref name="model"/>. Throws <see cref="ModelFormatException"/> naming the key.</summary>
    public static VisionConfig Read(GgufModel model, KimiConfig text)
    {
        GgufMetadata metadata = model.Metadata;
        Require(metadata, "general.architecture", "clip");
        string? type = metadata.FindText(TypeKey);
        if (type is not (KimiVl or KimiK25))
        {
            throw metadata.Wrong(TypeKey, $"{KimiVl} or {KimiK25}", type ?? "no such key");
        }

        bool video = type == KimiK25;
        (int rows, int columns) = Table(model, metadata, video);
        float eps = (float)(metadata.FindReal(Prefix + "attention.layer_norm_epsilon") ?? 1e-5);
        VisionConfig config = new()
        {
            TakesVideo = video,
            HiddenSize = metadata.GetInteger(Prefix + "embedding_length", 4, MaxWidth),
            LayerCount = metadata.GetInteger(Prefix + "block_count", 1, 10_000),
            HeadCount = metadata.GetInteger(Prefix + "attention.head_count", 1, MaxWidth),
            MlpWidth = metadata.GetInteger(Prefix + "feed_forward_length", 1, MaxWidth),
            PatchSize = metadata.GetInteger(Prefix + "patch_size", 1, 256),
            MergeSize = (int)(metadata.FindInteger(Prefix + "projector.scale_factor", 1, 64) ?? 2),
            TableRows = rows,
            TableColumns = columns,
            FrameLimit = video ? (int)(metadata.FindInteger("vision.pos_emb_time", 1, 1024) ?? 4) : 1,
            TextWidth = metadata.GetInteger(Prefix + "projection_dim", 1, int.MaxValue),
            NormEps = eps,
            ProjectorEps = eps,
        };
        return config.Checked(text.HiddenSize, (field, expected, found) => metadata.Wrong($"{Prefix}* ({field})", expected, found));
    }

    /// <summary>Rows and columns of the position table: stated by K2.5's files, square in Kimi-VL's.</summary>
    private static (int Rows, int Columns) Table(GgufModel model, GgufMetadata metadata, bool video)
    {
        if (video)
        {
            return (
                (int)(metadata.FindInteger("vision.pos_emb_height", 1, VisionConfig.SideLimit) ?? 64),
                (int)(metadata.FindInteger("vision.pos_emb_width", 1, VisionConfig.SideLimit) ?? 64));
        }

        long entries = model.Find(MmprojNames.PositionTable) is (_, GgufTensor table) ? table.Rows : 64 * 64;
        int side = (int)Math.Round(Math.Sqrt(Math.Min(entries, (long)VisionConfig.SideLimit * VisionConfig.SideLimit)));
        return (long)side * side == entries
            ? (side, side)
            : throw new ModelFormatException(model.Path, MmprojNames.PositionTable, "a square number of entries", $"{entries}");
    }

    private static void Require(GgufMetadata metadata, string key, string expected)
    {
        string? found = metadata.FindText(key);
        if (found != expected)
        {
            throw metadata.Wrong(key, expected, found ?? "no such key");
        }
    }
}
