using System.Globalization;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Class of every code point, as a two-stage table (blocks of 256, equal blocks shared).
/// General categories come from the runtime's own Unicode data; script Han, which .NET does not know, from the ranges
/// below (Unicode 15.0 and the block added in 15.1). The official implementation carries its own Unicode version, so
/// the two may differ on code points assigned after Unicode 15: such a character may be split differently, never lost.
/// </summary>
internal static class UnicodeClasses
{
    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;
    private const int CodePointCount = 0x110000;

    private static readonly (int First, int Last)[] _hanRanges =
    [
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029),
        (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3),
        (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1),
        (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF),
    ];

    private static readonly ushort[] _blockIndex = new ushort[CodePointCount >> BlockBits];
    private static readonly CharClass[] _blocks = Build(_blockIndex);

    /// <summary>Classes of the first 128 code points.</summary>
    public static ReadOnlySpan<CharClass> Ascii => _blocks.AsSpan(0, 128);

    /// <summary>Class of a code point in 0..0x10FFFF.</summary>
    public static CharClass Of(int codePoint) =>
        _blocks[(_blockIndex[codePoint >> BlockBits] << BlockBits) | (codePoint & (BlockSize - 1))];

    private static CharClass[] Build(ushort[] blockIndex)
    {
        Dictionary<string, ushort> known = [];
        List<CharClass> blocks = [];
        char[] key = new char[BlockSize];
        for (int block = 0; block < blockIndex.Length; block++)
        {
            for (int i = 0; i < BlockSize; i++)
            {
                key[i] = (char)Classify((block << BlockBits) | i);
            }

            string text = new(key);
            if (!known.TryGetValue(text, out ushort index))
            {
                index = (ushort)known.Count;
                known.Add(text, index);
                blocks.AddRange(key.Select(c => (CharClass)c));
            }

            blockIndex[block] = index;
        }

        return [.. blocks];
    }

    private static CharClass Classify(int codePoint)
    {
        bool han = IsHan(codePoint);
        CharClass result = CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharClass.Letter | CharClass.Head,
            UnicodeCategory.LowercaseLetter => CharClass.Letter | CharClass.Tail,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharClass.Letter | CharClass.Both,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                => CharClass.Both,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
                => CharClass.Number,
            _ => CharClass.None,
        };
        if (han)
        {
            result = (result & ~CharClass.Both) | CharClass.Han;
        }

        if (IsWhite(codePoint))
        {
            result |= CharClass.White;
        }

        return codePoint is '\r' or '\n' ? result | CharClass.LineBreak : result;
    }

    private static bool IsHan(int codePoint)
    {
        foreach ((int first, int last) in _hanRanges)
        {
            if (codePoint >= first && codePoint <= last)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWhite(int codePoint) => codePoint is (>= 0x09 and <= 0x0D) or 0x20 or 0x85 or 0xA0 or 0x1680
        or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;
}
