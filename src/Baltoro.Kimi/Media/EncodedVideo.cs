namespace Baltoro.Kimi.Media;

/// <summary>
/// A film as it was sent: either one animated picture or a list of pictures. Compared by reference.
/// </summary>
public sealed class EncodedVideo
{
    private EncodedVideo(IReadOnlyList<EncodedImage> files, int frameCount, double framesPerSecond)
    {
        Files = files;
        FrameCount = frameCount;
        FramesPerSecond = framesPerSecond;
    }

    /// <summary>The one animated file, or one file for each frame.</summary>
    public IReadOnlyList<EncodedImage> Files { get; }

    /// <summary>Frames in all; at least 1.</summary>
    public int FrameCount { get; }

    /// <summary>Mean rate of the frames; over 0.</summary>
    public double FramesPerSecond { get; }

    /// <summary>Whether the frames are those of one animated file.</summary>
    public bool IsAnimation => Files.Count == 1 && FrameCount > 1;

    /// <summary>Format and size of the first frame, which decides the size of all.</summary>
    public ImageHeader First => Files[0].Header;

    /// <summary>Where it stands in the request, for errors.</summary>
    public string Field => Files[0].Field;

    /// <summary>An animated GIF or WebP.</summary>
    public static EncodedVideo FromAnimation(EncodedImage file, Animation animation) =>
        new([file], animation.FrameCount, animation.FramesPerSecond);

    /// <summary>A list of pictures, in order of time.</summary>
    public static EncodedVideo FromFrames(IReadOnlyList<EncodedImage> frames, double framesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        return new EncodedVideo(frames, frames.Count, framesPerSecond);
    }
}
