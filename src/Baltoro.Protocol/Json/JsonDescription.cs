using System.Globalization;
using System.Text.Json;

namespace Baltoro.Protocol.Json;

/// <summary>Says in a few words what was found where something else was expected.</summary>
public static class JsonDescription
{
    private const int MaxQuotedChars = 40;

    /// <summary>Kind and, where short, value of <paramref name="element"/>.</summary>
    public static string Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => $"string {Quote(element)}",
        JsonValueKind.Number => $"number {Cut(element.GetRawText())}",
        JsonValueKind.True => "boolean true",
        JsonValueKind.False => "boolean false",
        JsonValueKind.Null => "null",
        JsonValueKind.Array => string.Create(CultureInfo.InvariantCulture, $"an array of {element.GetArrayLength()}"),
        JsonValueKind.Object => "an object",
        JsonValueKind.Undefined => "nothing",
        _ => throw new InvalidOperationException($"unknown JSON kind {element.ValueKind}"),
    };

    /// <summary><paramref name="text"/>, shortened so that an error stays one line.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= MaxQuotedChars)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[MaxQuotedChars - 1]) ? MaxQuotedChars - 1 : MaxQuotedChars;
        return text[..end] + "…";
    }

    private static string Quote(JsonElement element)
    {
        string raw = element.GetRawText();
        return raw.Length <= MaxQuotedChars + 2 ? raw : $"\"{Cut(raw[1..^1])}\"";
    }
}
