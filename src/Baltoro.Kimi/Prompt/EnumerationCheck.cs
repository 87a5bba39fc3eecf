using System.Text.Json;

namespace Baltoro.Kimi.Prompt;

/// <summary>An enumeration with a type must hold values of that type (or null), else the declaration falls back to JSON.</summary>
internal static class EnumerationCheck
{
    public static void Check(JsonElement schema)
    {
        JsonElement values = schema.GetProperty("enum");
        if (values.ValueKind != JsonValueKind.Array)
        {
            throw new SchemaNotExpressibleException("enum is not an array");
        }

        string? type = schema.TryGetProperty("type", out JsonElement declared) ? TypeOf(declared) : null;
        foreach (JsonElement value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Null && !Fits(value, type))
            {
                throw new SchemaNotExpressibleException($"enum value {value.GetRawText()} is not of type {type}");
            }
        }
    }

    private static string? TypeOf(JsonElement declared)
    {
        if (declared.ValueKind != JsonValueKind.Array)
        {
            return declared.ValueKind == JsonValueKind.String ? declared.GetString() : null;
        }

        List<string?> types = [.. declared.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.String ? t.GetString() : null)];
        return types.Count switch
        {
            1 => types[0],
            2 when types.Contains("null") => types[0] == "null" ? types[1] : types[0],
            _ => throw new SchemaNotExpressibleException("an enum of several types"),
        };
    }

    // As in Python, where True and False are integers too.
    private static bool Fits(JsonElement value, string? type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => IsNumber(value),
        "integer" => value.ValueKind == JsonValueKind.Number ? IsWhole(value.GetRawText()) : IsNumber(value),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => true,
    };

    private static bool IsWhole(string number) => number.AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static bool IsNumber(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
}
