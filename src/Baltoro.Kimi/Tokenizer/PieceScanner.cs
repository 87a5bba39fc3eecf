namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Cuts text into the pieces of Kimi's split pattern, in which the first alternative that matches wins:
/// <code>
/// 1  [\p{Han}]+
/// 2  [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&amp;&amp;[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&amp;&amp;[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// 3  [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&amp;&amp;[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&amp;&amp;[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// 4  \p{N}{1,3}
/// 5   ?[^\s\p{L}\p{N}]+[\r\n]*
/// 6  \s*[\r\n]+
/// 7  \s+(?!\S)
/// 8  \s+
/// </code>
/// .NET's regular expressions have neither \p{Han} nor set intersection and see UTF-16 units, hence this scanner.
/// Each character is looked at a bounded number of times, so the work is linear in the text, whatever the text.
/// </summary>
internal static class PieceScanner
{
    /// <summary>Byte index at which the piece that starts at <paramref name="start"/> ends.</summary>
    /// <remarks>Requires valid UTF-8, <paramref name="start"/> at a character and before the end. Ensures a result greater than start.</remarks>
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        CharClass first = Utf8Reader.ClassAt(text, start, out int firstBytes);
        int next = start + firstBytes;
        if ((first & CharClass.Han) != 0)
        {
            return RunEnd(text, next, CharClass.Han);
        }

        int word = WordEnd(text, start, next, first);
        if (word >= 0)
        {
            return ContractionEnd(text, word);
        }

        if ((first & CharClass.Number) != 0)
        {
            return NumberEnd(text, next);
        }

        int symbols = SymbolsEnd(text, start, next);
        return symbols >= 0 ? symbols : WhiteEnd(text, start, firstBytes);
    }

    /// <summary>Alternatives 2 and 3 without the contraction; -1 when neither matches.</summary>
    private static int WordEnd(ReadOnlySpan<byte> text, int start, int next, CharClass first)
    {
        int strictAfterPrefix = -1;
        bool mayBePrefix = (first & (CharClass.LineBreak | CharClass.Letter | CharClass.Number)) == 0;
        if (mayBePrefix && next < text.Length)
        {
            int tail = MatchWord(text, next, out strictAfterPrefix);
            if (tail >= 0)
            {
                return tail;
            }
        }

        if ((first & CharClass.Both) == 0)
        {
            return strictAfterPrefix;
        }

        int end = MatchWord(text, start, out int strict);
        if (end >= 0)
        {
            return end;
        }

        return strictAfterPrefix >= 0 ? strictAfterPrefix : strict;
    }

    /// <summary>
    /// End of <c>Head*Tail+</c> from <paramref name="start"/> (alternative 2) or -1;
    /// <paramref name="headEnd"/> is the end of <c>Head+Tail*</c> (alternative 3) or -1.
    /// </summary>
    private static int MatchWord(ReadOnlySpan<byte> text, int start, out int headEnd)
    {
        int position = start;
        int lastBothEnd = -1;
        CharClass current = CharClass.None;
        int byteCount = 0;
        while (position < text.Length && ((current = Utf8Reader.ClassAt(text, position, out byteCount)) & CharClass.Head) != 0)
        {
            position += byteCount;
            if ((current & CharClass.Tail) != 0)
            {
                lastBothEnd = position;
            }
        }

        headEnd = position > start ? position : -1;
        if (position < text.Length && (current & CharClass.Tail) != 0)
        {
            return RunEnd(text, position + byteCount, CharClass.Tail);
        }

        return lastBothEnd;
    }

    private static int RunEnd(ReadOnlySpan<byte> text, int position, CharClass mark)
    {
        while (position < text.Length && (Utf8Reader.ClassAt(text, position, out int byteCount) & mark) != 0)
        {
            position += byteCount;
        }

        return position;
    }

    /// <summary>Takes <c>'s 't 'm 'd 're 've 'll</c>, whatever the case; U+017F (long s) folds to s.</summary>
    private static int ContractionEnd(ReadOnlySpan<byte> text, int position)
    {
        if (position + 1 >= text.Length || text[position] != '\'')
        {
            return position;
        }

        int letter = text[position + 1] | 0x20;
        if (letter is 's' or 't' or 'm' or 'd')
        {
            return position + 2;
        }

        if (position + 2 >= text.Length)
        {
            return position;
        }

        if (text[position + 1] == 0xC5 && text[position + 2] == 0xBF)
        {
            return position + 3;
        }

        int second = text[position + 2] | 0x20;
        bool pair = (letter, second) is ('r', 'e') or ('v', 'e') or ('l', 'l');
        return pair ? position + 3 : position;
    }

    private static int NumberEnd(ReadOnlySpan<byte> text, int position)
    {
        for (int count = 1; count < 3 && position < text.Length; count++)
        {
            if ((Utf8Reader.ClassAt(text, position, out int byteCount) & CharClass.Number) == 0)
            {
                break;
            }

            position += byteCount;
        }

        return position;
    }

    /// <summary>Alternative 5, or -1.</summary>
    private static int SymbolsEnd(ReadOnlySpan<byte> text, int start, int next)
    {
        int position = text[start] == ' ' ? next : start;
        int begin = position;
        while (position < text.Length)
        {
            CharClass current = Utf8Reader.ClassAt(text, position, out int byteCount);
            if ((current & (CharClass.White | CharClass.Letter | CharClass.Number)) != 0)
            {
                break;
            }

            position += byteCount;
        }

        return position > begin ? RunEnd(text, position, CharClass.LineBreak) : -1;
    }

    /// <summary>Alternatives 6 to 8 on the run of white space that starts at <paramref name="start"/>.</summary>
    private static int WhiteEnd(ReadOnlySpan<byte> text, int start, int firstBytes)
    {
        int position = start;
        int lastStart = start;
        int lineBreakEnd = -1;
        while (position < text.Length)
        {
            CharClass current = Utf8Reader.ClassAt(text, position, out int byteCount);
            if ((current & CharClass.White) == 0)
            {
                break;
            }

            lastStart = position;
            position += byteCount;
            if ((current & CharClass.LineBreak) != 0)
            {
                lineBreakEnd = position;
            }
        }

        if (lineBreakEnd >= 0)
        {
            return lineBreakEnd;
        }

        if (position == text.Length)
        {
            return position;
        }

        return lastStart > start ? lastStart : start + firstBytes;
    }
}
