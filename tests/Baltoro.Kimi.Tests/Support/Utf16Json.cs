using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>JSON strings with lone surrogates, which System.Text.Json refuses to read or write.</summary>
internal static class Utf16Json
{
    /// <summary>The text of a string element, lone surrogates kept.</summary>
    public static string Read(JsonElement element)
    {
        string raw = element.GetRawText();
        StringBuilder text = new(raw.Length);
        for (int i = 1; i < raw.Length - 1; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            char kind = raw[++i];
            if (kind == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => kind });
            }
        }

        return text.ToString();
    }

    /// <summary>A JSON string of ASCII characters only.</summary>
    public static string Write(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            _ = c is >= ' ' and < (char)127 and not '"' and not '\\'
                ? json.Append(c)
                : json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return json.Append('"').ToString();
    }
}
