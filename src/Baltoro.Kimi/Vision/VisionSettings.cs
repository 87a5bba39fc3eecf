namespace Baltoro.Kimi.Vision;

/// <summary>
/// How pictures become patches. The defaults are those of Kimi K2.5's published preprocessor; <see cref="VisionSettingsReader"/>
/// reads a model's own.
/// </summary>
public sealed record VisionSettings
{
    public VisionFamily Family { get; init; } = VisionFamily.K25;

    /// <summary>Pixels per side of a patch.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Patches per side that become one media token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Most patches of a picture; a larger one is scaled down (before padding, which may add a few).</summary>
    public int PatchLimit { get; init; } = 16_384;

    /// <summary>Most patches on one side.</summary>
    public int SideLimit { get; init; } = 512;

    /// <summary>Most patches of a video frame.</summary>
    public int FramePatchLimit { get; init; } = 4_096;

    /// <summary>Most patches of all frames of a video together; null leaves it to <see cref="FramePatchLimit"/>.</summary>
    public int? VideoPatchLimit { get; init; }

    /// <summary>Most frames of a video that are looked at; null for no limit.</summary>
    public int? MaxVideoFrames { get; init; }

    /// <summary>Frames that become one chunk of a video.</summary>
    public int FramesPerChunk { get; init; } = 4;

    /// <summary>Frames per second that are looked at.</summary>
    public double SampleFps { get; init; } = 2;

    /// <summary>Kimi-VL only: pad to whole merged cells; otherwise cut the edges off.</summary>
    public bool PadInput { get; init; } = true;

    /// <summary>Subtracted from red, green and blue in 0..1.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Divides what is left.</summary>
    public IReadOnlyList<float> Deviation { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Pixels per side of one media token.</summary>
    public int CellSize => PatchSize * MergeSize;

    /// <summary>Kimi-VL's published preprocessor (4,096 patches; the 2506 revision states 16,384 in its own file).</summary>
    public static VisionSettings KimiVl { get; } = new() { Family = VisionFamily.KimiVl, PatchLimit = 4_096 };
}
