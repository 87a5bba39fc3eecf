using Baltoro.Kimi.Media;

namespace Baltoro.Backends.Media;

/// <summary>
/// A GIF has no alpha but a colour that is not drawn. To drop the transparency of a picture is to draw that colour, as
/// Pillow's conversion to RGB does.
/// </summary>
internal static class GifTransparency
{
    private const int ScreenBytes = 13;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte TransparentFlag = 1;

    /// <summary>The file with the first frame's transparent colour made an ordinary one; other files as they are.</summary>
    public static ReadOnlyMemory<byte> Drop(EncodedImage image)
    {
        ReadOnlySpan<byte> file = image.Bytes.Span;
        if (image.Header.Format != ImageFormat.Gif || FirstFlags(file) is not int at || (file[at] & TransparentFlag) == 0)
        {
            return image.Bytes;
        }

        byte[] copy = file.ToArray();
        copy[at] &= 0xFF ^ TransparentFlag;
        return copy;
    }

    /// <summary>Where the flags of the graphic control block before the first frame stand (GIF89a 23), or null.</summary>
    private static int? FirstFlags(ReadOnlySpan<byte> file)
    {
        int at = ScreenBytes + ((file[10] & 0x80) == 0 ? 0 : 3 << ((file[10] & 7) + 1));
        while (at + 3 < file.Length && file[at] == Extension)
        {
            if (file[at + 1] == GraphicControl)
            {
                return at + 3;
            }

            at += 2;
            while (at < file.Length && file[at] != 0)
            {
                at += 1 + file[at];
            }

            at++;
        }

        return null;
    }
}
