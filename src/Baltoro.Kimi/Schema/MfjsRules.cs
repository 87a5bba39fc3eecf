using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>The rules of one schema object in Moonshot flavored JSON schema.</summary>
internal static class MfjsRules
{
    private const int MaxEnum = 1_000;
    private const int MaxEnumChars = 75_000;
    private const int EnumCharsFrom = 2_500;
    private static readonly string[] _types = ["null", "boolean", "integer", "number", "string", "array", "object"];
    private static readonly string[] _known =
    [
        "type", "description", "title", "default", "enum", "anyOf", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "minLength", "maxLength", "minimum", "maximum", "$ref", "$defs", "$id", "pattern",
    ];

    public static void Require([DoesNotReturnIf(false)] bool holds, string path, string reason)
    {
        if (!holds)
        {
            throw new MfjsException(path, reason);
        }
    }

    public static void RefuseUnknown(JsonElement schema, string path)
    {
        string[] unknown = [.. schema.EnumerateObject().Select(keyword => keyword.Name).Except(_known)];
        Require(unknown.Length == 0, path, $"unsupported keywords: {string.Join(", ", unknown)}");
    }

    /// <summary>Beside $ref and anyOf only annotations may stand, and definitions at the root.</summary>
    public static void RefuseBeside(JsonElement schema, string path, string keyword, bool isRoot)
    {
        foreach (JsonProperty other in schema.EnumerateObject().Where(other => other.Name != keyword && _known.Contains(other.Name)))
        {
            bool allowed = other.Name is "description" or "title" || (isRoot && other.Name is "$defs" or "$id");
            Require(allowed, path, $"keyword '{other.Name}' is not allowed at the same level as {keyword}");
        }
    }

    public static List<string> ReadTypes(JsonElement schema, string path)
    {
        Require(schema.TryGetProperty("type", out JsonElement type), path, "type is not defined");
        if (type.ValueKind == JsonValueKind.String)
        {
            string single = type.GetString() ?? "";
            Require(_types.Contains(single), path, "invalid type value");
            return [single];
        }

        Require(type.ValueKind == JsonValueKind.Array, path, "type must be string or array of strings");
        Require(type.GetArrayLength() > 0, path, "type array cannot be empty");
        List<string> types = [];
        foreach (JsonElement item in type.EnumerateArray())
        {
            string? name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            Require(name is not null && _types.Contains(name), path, "invalid type in type array");
            Require(!types.Contains(name), path, "duplicate types in type array");
            types.Add(name);
        }

        return types;
    }

    /// <summary>Keywords have to suit one of the types.</summary>
    public static void CheckKeywords(JsonElement schema, List<string> types, string path)
    {
        string[] misplaced = [.. schema.EnumerateObject().Select(keyword => keyword.Name).Where(name => !Suits(name, types))];
        Require(misplaced.Length == 0, path, $"invalid keywords: {string.Join(", ", misplaced)}");
    }

    public static void CheckEnum(JsonElement schema, List<string> types, string path)
    {
        if (!schema.TryGetProperty("enum", out JsonElement values))
        {
            return;
        }

        Require(values.ValueKind == JsonValueKind.Array, path, "enum must be an array");
        int count = values.GetArrayLength();
        Require(count > 0, path, "enum array cannot be empty");
        Require(count <= MaxEnum, path, $"enum array cannot have more than {MaxEnum} items");
        Require(count <= EnumCharsFrom || values.GetRawText().Length <= MaxEnumChars, path, "enum values exceed maximum allowed size");
        string[] scalars = [.. types.Where(type => type != "null")];
        Require(scalars.Length <= 1 && !scalars.Contains("array") && !scalars.Contains("object"), path, "enum needs one scalar type, optionally with null");
        foreach (JsonElement value in values.EnumerateArray())
        {
            string shown = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
            Require(types.Any(type => IsOf(value, type)), path, $"enum value ({shown}) does not match any type in [{string.Join(' ', types)}]");
        }
    }

    public static void CheckRange(JsonElement schema, string low, string high, string path, bool isSize)
    {
        DecimalNumber? minimum = ReadNumber(schema, low, path, isSize);
        DecimalNumber? maximum = ReadNumber(schema, high, path, isSize);
        if (minimum is { } a && maximum is { } b)
        {
            Require(a.CompareTo(b) <= 0, path, $"{low} ({a}) cannot be greater than {high} ({b})");
        }
    }

    private static DecimalNumber? ReadNumber(JsonElement schema, string keyword, string path, bool isSize)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        DecimalNumber number = default;
        bool isNumber = value.ValueKind == JsonValueKind.Number && DecimalNumber.TryParse(value, out number);
        Require(isNumber && (!isSize || number.IsInteger), path, isSize ? $"{keyword} must be an integer" : $"{keyword} must be a number");
        Require(!isSize || number.Mantissa.Sign >= 0, path, $"{keyword} must be non-negative");
        return number;
    }

    private static bool Suits(string keyword, List<string> types) => keyword switch
    {
        "properties" or "required" or "additionalProperties" => types.Contains("object"),
        "items" or "minItems" or "maxItems" => types.Contains("array"),
        "minLength" or "maxLength" or "pattern" => types.Contains("string"),
        "minimum" or "maximum" => types.Contains("number") || types.Contains("integer"),
        _ => true,
    };

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && JsonValues.TypeOf(value) == JsonTypes.Integer,
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        _ => false,
    };
}
