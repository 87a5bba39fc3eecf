using System.Buffers;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// GPT-2's alphabet, in which GGUF and tokenizer.json write tokens: each byte is one printable character, Latin-1's visible
/// characters stand for themselves, the other bytes take U+0100 and up in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int ByteCount = 256;
    private const int FirstStandIn = 0x100;

    private static readonly char[] _letters = Letters();
    private static readonly short[] _bytes = Bytes();

    /// <summary>The notation of <paramref name="token"/>.</summary>
    public static string Write(ReadOnlySpan<byte> token)
    {
        Span<char> text = token.Length <= 256 ? stackalloc char[token.Length] : new char[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            text[i] = _letters[token[i]];
        }

        return new string(text);
    }

    /// <summary>Appends the bytes of <paramref name="text"/>; false, with nothing appended, when a character is not of the alphabet.</summary>
    public static bool TryRead(string text, ArrayBufferWriter<byte> bytes)
    {
        Span<byte> target = bytes.GetSpan(text.Length + 1);
        for (int i = 0; i < text.Length; i++)
        {
            int value = text[i] < _bytes.Length ? _bytes[text[i]] : -1;
            if (value < 0)
            {
                return false;
            }

            target[i] = (byte)value;
        }

        bytes.Advance(text.Length);
        return true;
    }

    private static char[] Letters()
    {
        char[] letters = new char[ByteCount];
        int next = FirstStandIn;
        for (int value = 0; value < ByteCount; value++)
        {
            bool isVisible = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            letters[value] = (char)(isVisible ? value : next++);
        }

        return letters;
    }

    private static short[] Bytes()
    {
        short[] bytes = new short[FirstStandIn + ByteCount];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < ByteCount; value++)
        {
            bytes[_letters[value]] = (short)value;
        }

        return bytes;
    }
}
