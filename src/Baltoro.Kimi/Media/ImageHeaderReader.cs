using System.Buffers.Binary;

namespace Baltoro.Kimi.Media;

/// <summary>
/// Format and size of a picture from its first bytes. Nothing is decoded or allocated, and no byte is read twice, so the
/// cost is bounded by the size of the file. The layouts are those of the format's own specifications (PNG 11.2.2, JPEG
/// B.2, RFC 9649, GIF89a 18, BITMAPINFOHEADER).
/// </summary>
public static class ImageHeaderReader
{
    private static ReadOnlySpan<byte> PngMark => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The format of a file, or null when it is none of those that are read.</summary>
    public static ImageFormat? FormatOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(PngMark))
        {
            return ImageFormat.Png;
        }

        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return ImageFormat.Jpeg;
        }

        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
        {
            return ImageFormat.Gif;
        }

        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        return file.Length >= 18 && file.StartsWith("BM"u8) && IsBmp(file) ? ImageFormat.Bmp : null;
    }

    /// <summary>Reads the header of a file whose format is <paramref name="format"/>; null when it ends early or makes no sense.</summary>
    public static ImageHeader? Read(ReadOnlySpan<byte> file, ImageFormat format)
    {
        (int width, int height) = format switch
        {
            ImageFormat.Png => ReadPng(file),
            ImageFormat.Jpeg => ReadJpeg(file),
            ImageFormat.WebP => ReadWebP(file),
            ImageFormat.Gif => ReadGif(file),
            ImageFormat.Bmp => ReadBmp(file),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
        };
        return width > 0 && height > 0 ? new ImageHeader(format, width, height) : null;
    }

    private static (int Width, int Height) ReadPng(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file[12..].StartsWith("IHDR"u8) || BinaryPrimitives.ReadUInt32BigEndian(file[8..]) != 13)
        {
            return default;
        }

        return (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
    }

    /// <summary>Walks the segments up to the frame header.</summary>
    private static (int Width, int Height) ReadJpeg(ReadOnlySpan<byte> file)
    {
        int at = 2;
        while (at + 4 <= file.Length)
        {
            if (file[at] != 0xFF)
            {
                return default;
            }

            byte marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // A fill byte.
                continue;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += 2; // Markers without a segment.
                continue;
            }

            if (marker is 0x00 or 0xD8 or 0xD9 or 0xDA)
            {
                return default; // The picture ends or its data begins without a frame header.
            }

            int size = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            bool isFrame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame)
            {
                return size >= 8 && at + 9 <= file.Length
                    ? (BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]))
                    : default;
            }

            if (size < 2)
            {
                return default;
            }

            at += 2 + size;
        }

        return default;
    }

    private static (int Width, int Height) ReadWebP(ReadOnlySpan<byte> file)
    {
        if (file.Length < 30)
        {
            return default;
        }

        ReadOnlySpan<byte> chunk = file[12..];
        ReadOnlySpan<byte> data = chunk[8..];
        if (chunk.StartsWith("VP8X"u8))
        {
            return (Whole24(data[4..]) + 1, Whole24(data[7..]) + 1);
        }

        if (chunk.StartsWith("VP8L"u8) && data[0] == 0x2F)
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }

        if (chunk.StartsWith("VP8 "u8) && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
        {
            return (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
        }

        return default;
    }

    private static (int Width, int Height) ReadGif(ReadOnlySpan<byte> file) => file.Length < 13
        ? default
        : (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));

    private static (int Width, int Height) ReadBmp(ReadOnlySpan<byte> file)
    {
        if (file.Length < 26)
        {
            return default;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(file[14..]) == 12)
        {
            return (BinaryPrimitives.ReadUInt16LittleEndian(file[18..]), BinaryPrimitives.ReadUInt16LittleEndian(file[20..]));
        }

        // Rows that run from the top are told by a negative height.
        int height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        return height == int.MinValue ? default : (BinaryPrimitives.ReadInt32LittleEndian(file[18..]), Math.Abs(height));
    }

    private static bool IsBmp(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt32LittleEndian(file[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    private static int Whole24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
