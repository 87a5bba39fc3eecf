using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Writes JSON values the way Python prints them, because the model was trained on declarations that a Python program
/// printed: numbers by <c>repr</c>, <c>True</c> and <c>None</c>, and <c>json.dumps</c> without ASCII escapes.
/// </summary>
internal static class PythonJson
{
    /// <summary><c>str(value)</c>: text as it is, everything else by <c>repr</c>.</summary>
    public static string Str(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : Scalar(value);

    /// <summary><c>json.dumps(value, ensure_ascii=False)</c>, with ", " and ": ".</summary>
    public static string Dump(JsonElement value) => Dump(value, ", ", ": ");

    /// <summary>The same with "," and ":", and keys sorted.</summary>
    public static string DumpCompact(JsonElement value) => Dump(value, ",", ":");

    /// <summary>Members by name in code unit order; of two with one name the last counts.</summary>
    public static IEnumerable<JsonProperty> SortedMembers(JsonElement value) =>
        value.EnumerateObject().GroupBy(p => p.Name, StringComparer.Ordinal).Select(g => g.Last()).OrderBy(p => p.Name, StringComparer.Ordinal);

    private static string Dump(JsonElement value, string comma, string colon)
    {
        StringBuilder text = new();
        Append(text, value, comma, colon);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value, string comma, string colon)
    {
        string separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (JsonProperty member in SortedMembers(value))
                {
                    text.Append(separator);
                    AppendQuoted(text, member.Name);
                    text.Append(colon);
                    Append(text, member.Value, comma, colon);
                    separator = comma;
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    text.Append(separator);
                    Append(text, item, comma, colon);
                    separator = comma;
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                AppendQuoted(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(Number(value));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        JsonValueKind.Number => Number(value),
        _ => throw new SchemaNotExpressibleException($"{value.ValueKind} where a plain value is expected"),
    };

    /// <summary><c>repr</c> of a number: integers exactly, others as the shortest text that reads back the same.</summary>
    private static string Number(JsonElement value)
    {
        string raw = value.GetRawText();
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            return raw == "-0" ? "0" : raw;
        }

        double number = value.GetDouble();
        if (double.IsInfinity(number))
        {
            throw new SchemaNotExpressibleException($"number {raw} is out of range");
        }

        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0" : "0.0";
        }

        string shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        string digits = Digits(shortest);
        int exponent = Exponent(shortest);
        string text = exponent is < -4 or >= 16 ? Scientific(digits, exponent) : Positional(digits, exponent);
        return number < 0 ? "-" + text : text;
    }

    /// <summary>Power of ten of the first significant digit of a positive number's shortest text.</summary>
    private static int Exponent(string text)
    {
        int mark = text.IndexOf('E');
        int scale = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        ReadOnlySpan<char> mantissa = mark < 0 ? text : text.AsSpan(0, mark);
        int point = mantissa.IndexOf('.') is >= 0 and int p ? p : mantissa.Length;
        int first = mantissa.IndexOfAnyInRange('1', '9');
        return scale + (first < point ? point - first - 1 : point - first);
    }

    /// <summary>Significant digits of a number's text, without leading and trailing zeros.</summary>
    private static string Digits(string text)
    {
        int end = text.IndexOf('E') is >= 0 and int e ? e : text.Length;
        string digits = string.Concat(text.AsSpan(0, end).ToString().Where(char.IsAsciiDigit)).TrimStart('0').TrimEnd('0');
        return digits;
    }

    private static string Scientific(string digits, int exponent)
    {
        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{digits}";
        }

        string padded = digits.PadRight(exponent + 1, '0');
        string fraction = padded[(exponent + 1)..];
        return $"{padded[..(exponent + 1)]}.{(fraction.Length == 0 ? "0" : fraction)}";
    }
}
