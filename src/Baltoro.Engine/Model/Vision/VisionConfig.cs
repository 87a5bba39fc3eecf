using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// The shape of a vision tower and its projector: MoonViT (Kimi-VL) or MoonViT-3D (Kimi K2.5). Immutable; read by
/// <see cref="VisionConfigReader"/> or from an mmproj file.
/// </summary>
internal sealed record VisionConfig
{
    /// <summary>Patches on one side that rotary angles exist for.</summary>
    public const int SideLimit = 512;

    /// <summary>Whether the tower takes video: MoonViT-3D.</summary>
    public required bool TakesVideo { get; init; }

    public required int HiddenSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>Width of a block's feed-forward part.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Pixels per side of a patch.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Patches per side that become one media token.</summary>
    public required int MergeSize { get; init; }

    /// <summary>Rows of the learned position table.</summary>
    public required int TableRows { get; init; }

    public required int TableColumns { get; init; }

    /// <summary>Most frames of a chunk of video; 1 for MoonViT.</summary>
    public required int FrameLimit { get; init; }

    /// <summary>Width of a media token: hidden size of the text model.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Epsilon of the tower's norms.</summary>
    public float NormEps { get; init; } = 1e-5f;

    /// <summary>Epsilon of the projector's norm.</summary>
    public float ProjectorEps { get; init; } = 1e-5f;

    /// <summary>Values of one patch: channels · rows · columns.</summary>
    public int PatchWidth => 3 * PatchSize * PatchSize;

    public int HeadDim => HiddenSize / HeadCount;

    /// <summary>Patches that become one media token.</summary>
    public int CellPatches => MergeSize * MergeSize;

    /// <summary>Width of the merged vector in front of the projector.</summary>
    public int CellWidth => HiddenSize * CellPatches;

    public VisionFacts Facts(int? mediaPadId) => new()
    {
        TakesVideo = TakesVideo,
        PatchSize = PatchSize,
        MergeSize = MergeSize,
        SideLimit = SideLimit,
        FrameLimit = FrameLimit,
        MediaPadId = mediaPadId,
    };

    /// <summary>Throws what <paramref name="wrong"/> makes of field, expected and found, for the first contradiction.</summary>
    public VisionConfig Checked(int textWidth, Func<string, string, string, ModelFormatException> wrong)
    {
        if (HiddenSize % HeadCount != 0 || HeadDim % 4 != 0)
        {
            throw wrong("heads", "a divisor of the hidden size with a multiple of 4 per head", $"{HiddenSize} / {HeadCount}");
        }

        if (TextWidth != textWidth)
        {
            throw wrong("text width", $"{textWidth}, as the text model has", $"{TextWidth}");
        }

        return this;
    }
}
