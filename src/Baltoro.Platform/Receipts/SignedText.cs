using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Platform.Receipts;

/// <summary>
/// Texts that are hashed and signed: a first line that names the kind, then one <c>name=value</c> per line, each line ended by
/// a line feed, in UTF-8. Values escape control characters, <c>%</c> and <c>,</c> as <c>%XX</c>; numbers are decimal, hashes
/// hexadecimal. The hash is SHA-256 of these bytes.
/// </summary>
public static class SignedText
{
    /// <summary>The hash that the chain and the ledger of texts use.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    internal static StringBuilder Begin(string kind) => new StringBuilder(512).Append(kind).Append('\n');

    internal static StringBuilder Line(this StringBuilder text, string name, string value) =>
        text.Append(name).Append('=').Append(Escape(value)).Append('\n');

    internal static StringBuilder Line(this StringBuilder text, string name, long value) =>
        text.Append(name).Append('=').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    internal static StringBuilder Line(this StringBuilder text, string name, ReadOnlyMemory<byte> hash) =>
        text.Append(name).Append('=').Append(Convert.ToHexStringLower(hash.Span)).Append('\n');

    /// <summary>Lines of a text of this kind, or null when it is another or malformed.</summary>
    internal static List<(string Name, string Value)>? Read(string kind, string text)
    {
        string[] lines = text.Split('\n');
        if (lines.Length < 2 || lines[0] != kind || lines[^1].Length > 0)
        {
            return null;
        }

        List<(string, string)> values = [];
        foreach (string line in lines[1..^1])
        {
            int split = line.IndexOf('=', StringComparison.Ordinal);
            if (split < 0)
            {
                return null;
            }

            values.Add((line[..split], line[(split + 1)..]));
        }

        return values;
    }

    internal static string Escape(string value)
    {
        if (!value.Any(IsSpecial))
        {
            return value;
        }

        StringBuilder escaped = new();
        foreach (char letter in value)
        {
            _ = IsSpecial(letter)
                ? escaped.Append(CultureInfo.InvariantCulture, $"%{(int)letter:X2}")
                : escaped.Append(letter);
        }

        return escaped.ToString();
    }

    internal static string Unescape(string value) => Uri.UnescapeDataString(value);

    private static bool IsSpecial(char letter) => letter is < ' ' or '%' or ',' or '\u007f';
}
