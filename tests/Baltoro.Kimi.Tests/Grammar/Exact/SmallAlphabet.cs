using System.Globalization;
using System.Text;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>
/// The few bytes that tokens are made of, and every way a character of a JSON string can be spelled with them. Byte texts
/// are strings with one character per byte.
/// </summary>
internal sealed class SmallAlphabet
{
    private const string ShortEscapes = "\"\\/\b\f\n\r\t";
    private const string EscapeLetters = "\"\\/bfnrt";

    public SmallAlphabet(string characters)
    {
        Bytes = string.Concat(BytesOf(characters).Distinct().Order());
        List<(string Spelled, string Character, bool IsCanonical)> spellings = [];
        for (int value = 0; value <= 0xFFFF; value++)
        {
            if (Rune.TryCreate(value, out Rune rune))
            {
                spellings.AddRange(Spell(rune).Where(way => way.Spelled.All(Bytes.Contains)));
            }
        }

        Characters = spellings;
    }

    /// <summary>Escapes without \u; words with true and null; every \u escape of four digits, and parts of characters.</summary>
    public static IReadOnlyList<SmallAlphabet> All { get; } =
        [new("{}[]\":,ab1-\\n"), new("{}[]\":,a12truenlé"), new("{}\":,\\u016a日")];

    /// <summary>All bytes, sorted.</summary>
    public string Bytes { get; }

    /// <summary>Every character in every spelling, canonical or not.</summary>
    public IReadOnlyList<(string Spelled, string Character, bool IsCanonical)> Characters { get; }

    /// <summary>One character per byte of <paramref name="text"/>'s UTF-8.</summary>
    public static string BytesOf(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text as JSON.stringify writes it, without the quotes.</summary>
    public static string Canonical(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => Spell(rune).Single(way => way.IsCanonical).Spelled));

    private static IEnumerable<(string Spelled, string Character, bool IsCanonical)> Spell(Rune rune)
    {
        string character = rune.ToString();
        bool mustEscape = rune.Value < 0x20 || rune.Value is '"' or '\\';
        if (!mustEscape)
        {
            yield return (BytesOf(character), character, true);
        }

        int letter = rune.Value < 128 ? ShortEscapes.IndexOf((char)rune.Value, StringComparison.Ordinal) : -1;
        if (letter >= 0)
        {
            yield return ($"\\{EscapeLetters[letter]}", character, mustEscape);
        }

        // Upper case digits are not in any alphabet, so lower case is all there is to try.
        string units = string.Concat(character.Select(unit => $"\\u{((int)unit).ToString("x4", CultureInfo.InvariantCulture)}"));
        yield return (units, character, mustEscape && letter < 0);
    }
}
