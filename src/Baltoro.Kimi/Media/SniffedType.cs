namespace Baltoro.Kimi.Media;

/// <summary>What a file is that cannot be used, by its first bytes, as a media type for an error message.</summary>
public static class SniffedType
{
    private const int LookedAtBytes = 512;

    /// <summary>The media type of <paramref name="file"/>.</summary>
    public static string Of(ReadOnlySpan<byte> file)
    {
        if (ImageHeaderReader.FormatOf(file) is { } format)
        {
            return $"image/{format.ToString().ToLowerInvariant()}";
        }

        ReadOnlySpan<byte> start = file[..Math.Min(file.Length, LookedAtBytes)];
        return OfBoxes(start) ?? OfMark(start) ?? OfText(start);
    }

    /// <summary>Whether <see cref="Of"/> names a film that needs a codec.</summary>
    public static bool IsVideo(string type) => type.StartsWith("video/", StringComparison.Ordinal);

    /// <summary>The family of ISO base media files, told by their brand.</summary>
    private static string? OfBoxes(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12 || !start[4..].StartsWith("ftyp"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> brand = start[8..12];
        return brand switch
        {
            _ when brand.StartsWith("avi"u8) => "image/avif",
            _ when brand.StartsWith("he"u8) || brand.StartsWith("mif1"u8) || brand.StartsWith("msf1"u8) => "image/heic",
            _ when brand.StartsWith("qt"u8) => "video/quicktime",
            _ when brand.StartsWith("3g"u8) => "video/3gpp",
            _ when brand.StartsWith("M4A"u8) => "audio/mp4",
            _ => "video/mp4",
        };
    }

    private static string? OfMark(ReadOnlySpan<byte> start) => start switch
    {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => start.IndexOf("matroska"u8) >= 0 ? "video/x-matroska" : "video/webm",
        [0x00, 0x00, 0x01, 0xBA or 0xB3, ..] => "video/mpeg",
        [0x30, 0x26, 0xB2, 0x75, ..] => "video/x-ms-wmv",
        [(byte)'F', (byte)'L', (byte)'V', 0x01, ..] => "video/x-flv",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', ..] => "video/avi",
        [(byte)'I', (byte)'I', 0x2A, 0x00, ..] or [(byte)'M', (byte)'M', 0x00, 0x2A, ..] => "image/tiff",
        [0x00, 0x00, 0x01, 0x00, ..] => "image/x-icon",
        [0xFF, 0x0A, ..] or [0x00, 0x00, 0x00, 0x0C, (byte)'J', (byte)'X', (byte)'L', ..] => "image/jxl",
        [0x00, 0x00, 0x00, 0x0C, (byte)'j', (byte)'P', ..] => "image/jp2",
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => "image/vnd.adobe.photoshop",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
        [(byte)'P', (byte)'K', 0x03, 0x04, ..] => "application/zip",
        [0x1F, 0x8B, ..] => "application/gzip",
        _ => null,
    };

    private static string OfText(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf("<svg"u8) >= 0)
        {
            return "image/svg+xml";
        }

        foreach (byte value in start)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B))
            {
                return "application/octet-stream";
            }
        }

        return "text/plain; charset=utf-8";
    }
}
