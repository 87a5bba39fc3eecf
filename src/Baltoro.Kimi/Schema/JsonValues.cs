using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>JSON values as JSON Schema sees them: equality by value, and one compact spelling.</summary>
internal static class JsonValues
{
    /// <summary>Equality of Draft 2020-12: numbers by value, objects without regard to order.</summary>
    public static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Number:
                return DecimalNumber.TryParse(left, out DecimalNumber a) && DecimalNumber.TryParse(right, out DecimalNumber b)
                    ? a == b
                    : left.GetRawText() == right.GetRawText();
            case JsonValueKind.String:
                return left.ValueEquals(right.GetString());
            case JsonValueKind.Array:
                return left.GetArrayLength() == right.GetArrayLength()
                    && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second));
            case JsonValueKind.Object:
                return left.EnumerateObject().Count() == right.EnumerateObject().Count()
                    && left.EnumerateObject().All(p => right.TryGetProperty(p.Name, out JsonElement other) && AreEqual(p.Value, other));
            default:
                return true;
        }
    }

    /// <summary>The type of <paramref name="value"/>; a number without a fraction is an integer.</summary>
    public static JsonTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Number => DecimalNumber.TryParse(value, out DecimalNumber number) && number.IsInteger ? JsonTypes.Integer : JsonTypes.Fraction,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        _ => JsonTypes.None,
    };

    /// <summary>Compact UTF-8 spelling: no spaces, only necessary escapes, plain numbers, properties in their order.</summary>
    public static byte[] Encode(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The content of a JSON string without its quotes, with only the escapes that are necessary.</summary>
    public static void WriteStringContent(string text, IBufferWriter<byte> output)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            string? escape = EscapeOf(rune.Value);
            if (escape is not null)
            {
                output.Write(Encoding.ASCII.GetBytes(escape));
            }
            else
            {
                output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
            }
        }
    }

    private static string? EscapeOf(int codePoint) => codePoint switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < 0x20 => $"\\u{codePoint:x4}",
        _ => null,
    };

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                string separator = "[";
                foreach (JsonElement item in value.EnumerateArray())
                {
                    WriteAscii(separator, output);
                    Write(item, output);
                    separator = ",";
                }

                WriteAscii(separator == "[" ? "[]" : "]", output);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString() ?? "", output);
                break;
            case JsonValueKind.Number:
                WriteAscii(DecimalNumber.TryParse(value, out DecimalNumber number) ? number.ToString() : value.GetRawText(), output);
                break;
            default:
                WriteAscii(value.GetRawText(), output);
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output)
    {
        string separator = "{";
        foreach (JsonProperty property in value.EnumerateObject())
        {
            WriteAscii(separator, output);
            WriteString(property.Name, output);
            WriteAscii(":", output);
            Write(property.Value, output);
            separator = ",";
        }

        WriteAscii(separator == "{" ? "{}" : "}", output);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        WriteAscii("\"", output);
        WriteStringContent(text, output);
        WriteAscii("\"", output);
    }

    private static void WriteAscii(string text, ArrayBufferWriter<byte> output) => output.Write(Encoding.ASCII.GetBytes(text));
}
