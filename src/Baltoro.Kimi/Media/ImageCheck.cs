namespace Baltoro.Kimi.Media;

/// <summary>Whether a file is a picture that can be used, by its first bytes alone.</summary>
public static class ImageCheck
{
    private const string Formats = "png, jpeg, webp, gif, bmp";
    private const string Video = "video";

    /// <summary>What is wrong with a file, or null and its header.</summary>
    /// <param name="file">The file, or enough of its beginning.</param>
    /// <param name="kind">What it is to be: <c>image</c> or <c>video</c>.</param>
    /// <param name="header">Format and size.</param>
    public static ImageProblem? TryRead(ReadOnlySpan<byte> file, string kind, out ImageHeader header)
    {
        header = default;
        if (file.IsEmpty)
        {
            return new ImageProblem(null, "holds no data");
        }

        if (ImageHeaderReader.FormatOf(file) is not { } format)
        {
            string type = SniffedType.Of(file);
            return SniffedType.IsVideo(type)
                ? new ImageProblem(type, "no decoder for it is shipped; send a film as an animated gif or webp, or as a list of frames", Video)
                : new ImageProblem(type, $"accepted are {Formats}", kind);
        }

        if (kind == Video && format is not (ImageFormat.Gif or ImageFormat.WebP))
        {
            return new ImageProblem(SniffedType.Of(file), "accepted are animated gif and webp, and a list of pictures in a message", kind);
        }

        if (ImageHeaderReader.Read(file, format) is not { } read)
        {
            return new ImageProblem(null, $"is truncated or damaged: its {format} header cannot be read");
        }

        header = read;
        return read.Width > MediaLimits.MaxSidePixels || read.Height > MediaLimits.MaxSidePixels || read.Pixels > MediaLimits.MaxPixels
            ? new ImageProblem(
                null, $"is {read.Width} x {read.Height} pixels; at most {MediaLimits.MaxSidePixels} on a side and {MediaLimits.MaxPixels} in all are accepted")
            : null;
    }
}
