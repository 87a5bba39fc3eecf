namespace Baltoro.Engine.Vision;

/// <summary>What callers need to know about a loaded vision tower to prepare images for it.</summary>
public sealed record VisionFacts
{
    /// <summary>True for MoonViT-3D (Kimi K2.5), false for MoonViT (Kimi-VL).</summary>
    public required bool TakesVideo { get; init; }

    /// <summary>Pixels per side of a patch.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Patches per side that become one media token.</summary>
    public required int MergeSize { get; init; }

    /// <summary>Most patches on one side.</summary>
    public required int SideLimit { get; init; }

    /// <summary>Most frames of one image; 1 without video.</summary>
    public required int FrameLimit { get; init; }

    /// <summary>The token that each media token of a prompt has to be; null when the model does not say.</summary>
    public int? MediaPadId { get; init; }
}
