namespace Baltoro.Kimi.Media;

/// <summary>Bounds of pictures and films. All of them are checked before anything is decoded.</summary>
public static class MediaLimits
{
    /// <summary>Bytes of one encoded picture or film.</summary>
    public const int MaxEncodedBytes = 50_000_000;

    /// <summary>Bytes of all encoded media of a request.</summary>
    public const int MaxRequestBytes = 100_000_000;

    /// <summary>Columns or rows of a picture.</summary>
    public const int MaxSidePixels = 32_768;

    /// <summary>Pixels of a picture: 8K and a little more.</summary>
    public const long MaxPixels = 36_000_000;

    /// <summary>Pixels of all pictures and frames of a request.</summary>
    public const long MaxRequestPixels = 256_000_000;

    /// <summary>Frames of a film.</summary>
    public const int MaxFrames = 4_096;
}
