using System.Globalization;
using System.Text;

namespace Baltoro.Cli.Output;

/// <summary>Names of the program's own as people say them.</summary>
internal static class Words
{
    /// <summary><c>CreditNote</c> as <c>credit note</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Spell(value.ToString(), ' ');

    /// <summary>An action of the audit log, <c>ledger.CreditNote</c> as <c>ledger.credit-note</c>.</summary>
    public static string OfAction(string action)
    {
        int point = action.IndexOf('.', StringComparison.Ordinal) + 1;
        return point > 0 && point < action.Length && char.IsUpper(action[point]) ? action[..point] + Spell(action[point..], '-') : action;
    }

    /// <summary>A day <c>20261124</c> as <c>2026-11-24</c>, a month <c>202611</c> as <c>2026-11</c>.</summary>
    public static string OfDate(int number)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        return text.Length == 8 ? $"{text[..4]}-{text[4..6]}-{text[6..]}" : $"{text[..4]}-{text[4..]}";
    }

    private static string Spell(string name, char between)
    {
        if (name == "TopUp")
        {
            return "top-up";
        }

        StringBuilder words = new();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0)
            {
                words.Append(between);
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}
