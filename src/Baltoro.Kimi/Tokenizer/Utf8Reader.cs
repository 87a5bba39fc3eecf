using System.Runtime.CompilerServices;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>Reads code points out of UTF-8 that is known to be valid.</summary>
internal static class Utf8Reader
{
    /// <summary>Class of the code point at <paramref name="index"/> and its length in bytes. Requires valid UTF-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharClass ClassAt(ReadOnlySpan<byte> text, int index, out int byteCount)
    {
        byte lead = text[index];
        if (lead < 0x80)
        {
            byteCount = 1;
            return UnicodeClasses.Ascii[lead];
        }

        return UnicodeClasses.Of(CodePointAt(text, index, out byteCount));
    }

    /// <summary>The code point at <paramref name="index"/> and its length in bytes. Requires valid UTF-8.</summary>
    public static int CodePointAt(ReadOnlySpan<byte> text, int index, out int byteCount)
    {
        int lead = text[index];
        if (lead < 0x80)
        {
            byteCount = 1;
            return lead;
        }

        if (lead < 0xE0)
        {
            byteCount = 2;
            return ((lead & 0x1F) << 6) | (text[index + 1] & 0x3F);
        }

        if (lead < 0xF0)
        {
            byteCount = 3;
            return ((lead & 0x0F) << 12) | ((text[index + 1] & 0x3F) << 6) | (text[index + 2] & 0x3F);
        }

        byteCount = 4;
        return ((lead & 0x07) << 18) | ((text[index + 1] & 0x3F) << 12) | ((text[index + 2] & 0x3F) << 6) | (text[index + 3] & 0x3F);
    }
}
