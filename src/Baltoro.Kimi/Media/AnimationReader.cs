using System.Buffers.Binary;

namespace Baltoro.Kimi.Media;

/// <summary>
/// Counts the frames of an animated GIF or WebP and what they last by walking the blocks. Nothing is decoded; every byte
/// is looked at once at most.
/// </summary>
public static class AnimationReader
{
    private const byte GifImage = 0x2C;
    private const byte GifExtension = 0x21;
    private const byte GifTrailer = 0x3B;
    private const byte GifGraphicControl = 0xF9;

    /// <summary>The animation of a file that has a header; null when a block ends early or there is no frame.</summary>
    public static Animation? Read(ReadOnlySpan<byte> file, ImageFormat format) => format switch
    {
        ImageFormat.Gif => ReadGif(file),
        ImageFormat.WebP => ReadWebP(file),
        _ => new Animation(1, Animation.DefaultFrameMs),
    };

    private static Animation? ReadGif(ReadOnlySpan<byte> file)
    {
        int at = 13 + ColorTableBytes(file[10]);
        int frames = 0;
        long durationMs = 0;
        int delayMs = Animation.DefaultFrameMs;
        while (at < file.Length && file[at] != GifTrailer)
        {
            if (file[at] == GifExtension && at + 2 < file.Length)
            {
                if (file[at + 1] == GifGraphicControl && at + 7 < file.Length)
                {
                    int hundredths = BinaryPrimitives.ReadUInt16LittleEndian(file[(at + 4)..]);
                    delayMs = hundredths <= 1 ? Animation.DefaultFrameMs : hundredths * 10;
                }

                at = SkipBlocks(file, at + 2);
            }
            else if (file[at] == GifImage && at + 10 < file.Length)
            {
                frames++;
                durationMs += delayMs;
                delayMs = Animation.DefaultFrameMs;
                at = SkipBlocks(file, at + 11 + ColorTableBytes(file[at + 9]));
            }
            else
            {
                return null;
            }
        }

        return frames > 0 && at <= file.Length ? new Animation(frames, durationMs) : null;
    }

    /// <summary>Behind a chain of data blocks and its end; beyond the file when it does not end.</summary>
    private static int SkipBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length && file[at] != 0)
        {
            at += 1 + file[at];
        }

        return at + 1;
    }

    private static int ColorTableBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static Animation? ReadWebP(ReadOnlySpan<byte> file)
    {
        long at = 12;
        int frames = 0;
        long durationMs = 0;
        while (at + 8 <= file.Length)
        {
            ReadOnlySpan<byte> chunk = file[(int)at..];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("ANMF"u8))
            {
                if (size < 16 || chunk.Length < 24)
                {
                    return null;
                }

                int lasting = chunk[20] | (chunk[21] << 8) | (chunk[22] << 16);
                frames++;
                durationMs += lasting <= 10 ? Animation.DefaultFrameMs : lasting;
            }

            at += 8L + size + (size & 1);
        }

        if (at > file.Length + 1L)
        {
            return null;
        }

        return frames > 0 ? new Animation(frames, durationMs) : new Animation(1, Animation.DefaultFrameMs);
    }
}
