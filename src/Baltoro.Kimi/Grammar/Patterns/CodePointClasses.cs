using System.Globalization;
using System.Text;

namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>The named classes of ECMAScript patterns.</summary>
internal static class CodePointClasses
{
    public static CodePointSet Digit { get; } = CodePointSet.Of(('0', '9'));

    public static CodePointSet Word { get; } = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    public static CodePointSet Space { get; } = CodePointSet.Of(
        (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What the dot matches: everything but line ends.</summary>
    public static CodePointSet NotLineEnd { get; } = CodePointSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Complement();

    /// <summary>A general category by its short name (<c>L</c>, <c>Lu</c>, <c>Nd</c> …), or null when it is not one.</summary>
    public static CodePointSet? Category(string name)
    {
        HashSet<UnicodeCategory> wanted = [.. Enum.GetValues<UnicodeCategory>().Where(category => ShortName(category).StartsWith(name, StringComparison.Ordinal))];
        if (name.Length is not (1 or 2) || wanted.Count == 0)
        {
            return null;
        }

        List<(int Low, int High)> ranges = [];
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint) && wanted.Contains(CharUnicodeInfo.GetUnicodeCategory(codePoint)))
            {
                if (ranges.Count > 0 && ranges[^1].High == codePoint - 1)
                {
                    ranges[^1] = (ranges[^1].Low, codePoint);
                }
                else
                {
                    ranges.Add((codePoint, codePoint));
                }
            }
        }

        return CodePointSet.Of(ranges);
    }

    private static string ShortName(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.OtherNotAssigned => "Cn",
        _ => "",
    };
}
