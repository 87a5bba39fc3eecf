namespace Baltoro.Kimi.Media;

/// <summary>Frames of an animated picture, as its blocks say.</summary>
/// <param name="FrameCount">At least 1.</param>
/// <param name="DurationMs">Sum of what the frames last, in milliseconds.</param>
public readonly record struct Animation(int FrameCount, long DurationMs)
{
    /// <summary>What a frame lasts that says nothing, as in browsers.</summary>
    public const int DefaultFrameMs = 100;

    /// <summary>Mean rate.</summary>
    public double FramesPerSecond => DurationMs > 0 ? FrameCount * 1000.0 / DurationMs : 1000.0 / DefaultFrameMs;
}
