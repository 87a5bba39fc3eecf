using System.Buffers.Binary;
using SkiaSharp;

namespace Baltoro.Backends.Tests.Support;

/// <summary>An animated WebP put together from still ones, by the container's specification (RFC 9649).</summary>
internal static class AnimatedWebP
{
    public static byte[] Make(int width, int height, int frameMs, params SKColor[] colors)
    {
        using MemoryStream body = new();
        WriteChunk(body, "VP8X", [0x02, 0, 0, 0, .. Whole24(width - 1), .. Whole24(height - 1)]);
        WriteChunk(body, "ANIM", new byte[6]);
        foreach (SKColor color in colors)
        {
            WriteChunk(body, "ANMF", [.. new byte[6], .. Whole24(width - 1), .. Whole24(height - 1), .. Whole24(frameMs), 0x02, .. Still(width, height, color)]);
        }

        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, (int)body.Length + 4);
        return [.. "RIFF"u8, .. size, .. "WEBP"u8, .. body.ToArray()];
    }

    /// <summary>The chunks of a lossless still picture, without the container around them.</summary>
    private static byte[] Still(int width, int height, SKColor color)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(color);
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100))!;
        return data.ToArray()[12..];
    }

    private static byte[] Whole24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static void WriteChunk(Stream file, string name, byte[] data)
    {
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, data.Length);
        file.Write([.. System.Text.Encoding.ASCII.GetBytes(name), .. size, .. data]);
        if (data.Length % 2 == 1)
        {
            file.WriteByte(0);
        }
    }
}
