namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// The official tokenizer first cuts its input: into stretches of at most 400,000 characters, and these where more than
/// 25,000 characters in a row are white space, or are not. Pieces and merges never cross such a cut. It only shows on
/// pathological text, but there it bounds the work, so it is reproduced, character counts in code points included.
/// </summary>
internal static class RunCutter
{
    public const int MaxStretchChars = 400_000;
    public const int MaxRunChars = 25_000;

    /// <summary>Byte index of the first cut after <paramref name="start"/>, or the end of the text.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="start">Where the previous cut was.</param>
    /// <param name="stretchChars">Characters of the current stretch before <paramref name="start"/>; updated.</param>
    public static int NextCut(ReadOnlySpan<byte> text, int start, ref int stretchChars)
    {
        int position = start;
        int runChars = 0;
        bool runIsSpace = false;
        while (position < text.Length)
        {
            bool isSpace = IsSpace(Utf8Reader.CodePointAt(text, position, out int byteCount));
            runChars = position > start && isSpace == runIsSpace ? runChars + 1 : 1;
            runIsSpace = isSpace;
            if (stretchChars == MaxStretchChars)
            {
                stretchChars = 0;
                return position;
            }

            if (runChars > MaxRunChars)
            {
                return position;
            }

            stretchChars++;
            position += byteCount;
        }

        return position;
    }

    /// <summary>White space as Python's <c>str.isspace</c> sees it: \s and the four information separators.</summary>
    private static bool IsSpace(int codePoint) =>
        codePoint is >= 0x1C and <= 0x1F || (UnicodeClasses.Of(codePoint) & CharClass.White) != 0;
}
