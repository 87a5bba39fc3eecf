using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Baltoro.Protocol.Media;

/// <summary>
/// Reads data URLs in any form that clients send: wrong or no media type, no <c>;base64</c>, blanks anywhere, letters of the
/// URL-safe alphabet, percent escapes, padding or none. What the bytes are is found by looking at them, not at the type.
/// </summary>
public static class DataUrl
{
    private const int MaxHeaderBytes = 1_024;
    private const byte Skip = 0xFE;
    private const byte Bad = 0xFF;

    private static readonly byte[] _values = Values();

    /// <summary>Whether a text begins like a data URL, blanks before it and the case of its letters aside.</summary>
    public static bool IsDataUrl(ReadOnlySpan<byte> url) => Ascii.EqualsIgnoreCase(Start(url), "data:"u8);

    /// <summary>Largest number of bytes that the URL can stand for.</summary>
    public static long MaxBytesOf(ReadOnlySpan<byte> url) => ((url.Length / 4L) + 1) * 3;

    /// <summary>The bytes of a data URL; false when its text is not base64 in any form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> url, out byte[] bytes)
    {
        ReadOnlySpan<byte> trimmed = url.TrimStart(" \t\r\n"u8);
        int comma = trimmed[..Math.Min(trimmed.Length, MaxHeaderBytes)].IndexOf((byte)',');
        if (comma < 0)
        {
            bytes = [];
            return false;
        }

        return TryDecode(trimmed[(comma + 1)..], out bytes);
    }

    /// <summary>Decodes base64 in any form; false when it is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
        OperationStatus status = Base64.DecodeFromUtf8(text, bytes, out _, out int written);
        if (status != OperationStatus.Done && !TryDecodeLoose(text, bytes, out written))
        {
            bytes = [];
            return false;
        }

        Array.Resize(ref bytes, written);
        return true;
    }

    private static bool TryDecodeLoose(ReadOnlySpan<byte> text, Span<byte> bytes, out int written)
    {
        written = 0;
        uint group = 0;
        int letters = 0;
        bool isPadded = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte letter = text[i];
            if (letter == (byte)'%')
            {
                if (!TryUnescape(text[i..], out letter))
                {
                    return false;
                }

                i += 2;
            }

            byte value = _values[letter];
            if (value == Skip)
            {
                continue;
            }

            if (letter == (byte)'=')
            {
                isPadded = true;
                continue;
            }

            if (value == Bad || isPadded)
            {
                return false;
            }

            group = (group << 6) | value;
            if (++letters == 4)
            {
                bytes[written++] = (byte)(group >> 16);
                bytes[written++] = (byte)(group >> 8);
                bytes[written++] = (byte)group;
                group = 0;
                letters = 0;
            }
        }

        return FinishGroup(group, letters, bytes, ref written);
    }

    private static bool FinishGroup(uint group, int letters, Span<byte> bytes, ref int written)
    {
        switch (letters)
        {
            case 0:
                return true;
            case 2:
                bytes[written++] = (byte)(group >> 4);
                return true;
            case 3:
                bytes[written++] = (byte)(group >> 10);
                bytes[written++] = (byte)(group >> 2);
                return true;
            default:
                return false;
        }
    }

    private static bool TryUnescape(ReadOnlySpan<byte> text, out byte letter)
    {
        letter = 0;
        return text.Length >= 3 && Utf8Parser.TryParse(text.Slice(1, 2), out letter, out int consumed, 'x') && consumed == 2;
    }

    private static ReadOnlySpan<byte> Start(ReadOnlySpan<byte> url)
    {
        ReadOnlySpan<byte> trimmed = url.TrimStart(" \t\r\n"u8);
        return trimmed[..Math.Min(trimmed.Length, 5)];
    }

    private static byte[] Values()
    {
        byte[] values = new byte[256];
        Array.Fill(values, Bad);
        ReadOnlySpan<byte> alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        for (int i = 0; i < alphabet.Length; i++)
        {
            values[alphabet[i]] = (byte)i;
        }

        values['-'] = values['+'];
        values['_'] = values['/'];
        foreach (byte blank in " \t\r\n\f"u8)
        {
            values[blank] = Skip;
        }

        return values;
    }
}
