using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Baltoro.Tests.Shared;

/// <summary>Pictures made without any picture library: PNG, BMP and GIF by their specifications.</summary>
internal static class PictureMaker
{
    /// <summary>An 8-bit RGB PNG; <paramref name="pixel"/> gives 0xRRGGBB of column and row.</summary>
    public static byte[] Png(int width, int height, Func<int, int, int> pixel)
    {
        byte[] rows = new byte[height * (1 + (width * 3))];
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            rows[at++] = 0;
            for (int x = 0; x < width; x++)
            {
                int value = pixel(x, y);
                rows[at++] = (byte)(value >> 16);
                rows[at++] = (byte)(value >> 8);
                rows[at++] = (byte)value;
            }
        }

        return PngOf(width, height, rows);
    }

    /// <summary>A one-colour PNG.</summary>
    public static byte[] Png(int width, int height, int color = 0xFF0000) => Png(width, height, (_, _) => color);

    /// <summary>A PNG whose header says one size and whose rows (a filter byte each, then RGB or RGBA) may hold anything.</summary>
    public static byte[] PngOf(int width, int height, byte[] rows, bool isTransparent = false)
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        using MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = (byte)(isTransparent ? 6 : 2);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A 24-bit BMP of one colour.</summary>
    public static byte[] Bmp(int width, int height, int color = 0xFF0000)
    {
        int rowBytes = ((width * 3) + 3) / 4 * 4;
        byte[] file = new byte[54 + (rowBytes * height)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = 24;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 54 + (y * rowBytes) + (x * 3);
                file[at] = (byte)color;
                file[at + 1] = (byte)(color >> 8);
                file[at + 2] = (byte)(color >> 16);
            }
        }

        return file;
    }

    /// <summary>A GIF whose frames have one colour each and last <paramref name="hundredths"/>.</summary>
    public static byte[] Gif(int width, int height, int hundredths, params int[] colors)
    {
        using MemoryStream file = new();
        file.Write("GIF89a"u8);
        file.Write([(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 0, 0]);
        foreach (int color in colors)
        {
            file.Write([0x21, 0xF9, 4, 0, (byte)hundredths, (byte)(hundredths >> 8), 0, 0]);
            file.Write([0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80]);
            file.Write([(byte)(color >> 16), (byte)(color >> 8), (byte)color, 0, 0, 0]);
            file.WriteByte(2);
            WriteBlocks(file, ClearedCodes(width * height));
            file.WriteByte(0);
        }

        file.WriteByte(0x3B);
        return file.ToArray();
    }

    /// <summary>A data URL.</summary>
    public static string DataUrl(byte[] file, string type = "image/png") => $"data:{type};base64,{Convert.ToBase64String(file)}";

    /// <summary>LZW that starts over after every two pixels, so that codes stay at three bits.</summary>
    private static byte[] ClearedCodes(int pixels)
    {
        List<byte> bytes = [];
        int bits = 0;
        int count = 0;
        void Add(int code)
        {
            bits |= code << count;
            count += 3;
            while (count >= 8)
            {
                bytes.Add((byte)bits);
                bits >>= 8;
                count -= 8;
            }
        }

        for (int i = 0; i < pixels; i++)
        {
            if (i % 2 == 0)
            {
                Add(4);
            }

            Add(0);
        }

        Add(5);
        bytes.Add((byte)bits);
        return [.. bytes];
    }

    private static void WriteBlocks(Stream file, byte[] data)
    {
        foreach (byte[] block in data.Chunk(255))
        {
            file.WriteByte((byte)block.Length);
            file.Write(block);
        }
    }

    private static void WriteChunk(Stream file, string name, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
