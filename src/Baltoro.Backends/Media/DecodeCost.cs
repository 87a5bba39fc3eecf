using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Backends.Media;

/// <summary>Memory that decoding takes for a moment, from headers alone; an upper bound for every format.</summary>
internal static class DecodeCost
{
    /// <summary>Memory of everything that is decoded at once: the largest film or picture, and small ones beside it.</summary>
    public const long CapacityBytes = 640L << 20;

    /// <summary>Of which one tenant has at most this, unless it is for one picture.</summary>
    public const long CapacityBytesPerTenant = CapacityBytes / 2;

    /// <summary>What any picture counts as, so that small ones are bounded in number too.</summary>
    public const long LeastBytes = 16L << 20;

    /// <summary>RGBA, the coefficients that a decoder keeps of a progressive JPEG (two bytes for each of three colours), rows scaled in one direction.</summary>
    private const int PictureBytesPerPixel = 4 + 6 + 2;

    /// <summary>Two canvases and what a decoder keeps of a frame.</summary>
    private const int FilmBytesPerPixel = 4 + 4 + 6;

    public static long BytesOf(PromptMedia item) => item switch
    {
        PromptMedia.Picture picture => BytesOf(picture.Image.Header, PictureBytesPerPixel),
        PromptMedia.Chunk { Video.IsAnimation: true } film => BytesOf(film.Video.First, FilmBytesPerPixel),
        PromptMedia.Chunk frames => frames.Video.Files.Max(file => BytesOf(file.Header, PictureBytesPerPixel)),
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "no such medium"),
    };

    private static long BytesOf(ImageHeader header, int bytesPerPixel) => Math.Max(LeastBytes, header.Pixels * bytesPerPixel);
}
