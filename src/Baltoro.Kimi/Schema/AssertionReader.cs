using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>Reads the keywords of one schema object that hold plain values (no sub-schemas).</summary>
internal static class AssertionReader
{
    public static void Read(SchemaNode node, JsonElement schema, SchemaLimits limits)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!ReadNumeric(node, keyword) && !ReadSizes(node, keyword, limits))
            {
                ReadOther(node, keyword, limits);
            }
        }

        ApplyNumberFormat(node);
        RequireOrder(node, "minLength", node.MinLength, "maxLength", node.MaxLength);
        RequireOrder(node, "minItems", node.MinItems, "maxItems", node.MaxItems);
        RequireOrder(node, "minProperties", node.MinProperties, "maxProperties", node.MaxProperties);
        if (node is { Minimum: { } low, Maximum: { } high } && low.CompareTo(high) > 0)
        {
            throw Fault(node, "minimum", $"minimum ({low}) cannot be greater than maximum ({high})");
        }
    }

    private static bool ReadNumeric(SchemaNode node, JsonProperty keyword)
    {
        switch (keyword.Name)
        {
            case "minimum":
                Raise(node, ReadNumber(node, keyword), exclusive: false);
                return true;
            case "exclusiveMinimum":
                Raise(node, ReadNumber(node, keyword), exclusive: true);
                return true;
            case "maximum":
                Lower(node, ReadNumber(node, keyword), exclusive: false);
                return true;
            case "exclusiveMaximum":
                Lower(node, ReadNumber(node, keyword), exclusive: true);
                return true;
            case "multipleOf":
                DecimalNumber step = ReadNumber(node, keyword);
                node.MultipleOf = step.Mantissa.Sign > 0 ? step : throw Fault(node, "multipleOf", $"must be above 0, found {step}");
                return true;
            default:
                return false;
        }
    }

    private static bool ReadSizes(SchemaNode node, JsonProperty keyword, SchemaLimits limits)
    {
        switch (keyword.Name)
        {
            case "minLength":
                node.MinLength = ReadSize(node, keyword, limits.MinLength);
                return true;
            case "maxLength":
                node.MaxLength = ReadSize(node, keyword, long.MaxValue);
                return true;
            case "minItems":
                node.MinItems = ReadSize(node, keyword, limits.MinItems);
                return true;
            case "maxItems":
                node.MaxItems = ReadSize(node, keyword, long.MaxValue);
                return true;
            case "minProperties":
                node.MinProperties = ReadSize(node, keyword, limits.Properties);
                return true;
            case "maxProperties":
                node.MaxProperties = ReadSize(node, keyword, long.MaxValue);
                return true;
            default:
                return false;
        }
    }

    private static void ReadOther(SchemaNode node, JsonProperty keyword, SchemaLimits limits)
    {
        switch (keyword.Name)
        {
            case "type":
                node.Types = ReadTypes(node, keyword.Value);
                break;
            case "enum":
                Restrict(node, ReadEnum(node, keyword.Value, limits));
                break;
            case "const":
                Restrict(node, [keyword.Value]);
                break;
            case "required":
                node.Required = ReadRequired(node, keyword.Value, limits);
                break;
            case "pattern":
                node.Pattern = ReadText(node, keyword, limits.PatternChars);
                break;
            case "format":
                node.Format = ReadText(node, keyword, 100);
                if (!SchemaKeywords.StringFormats.Contains(node.Format) && !SchemaKeywords.NumberFormats.Contains(node.Format))
                {
                    throw Fault(node, "format", $"'{node.Format}' cannot be enforced; allowed are {string.Join(", ", SchemaKeywords.StringFormats.Order())}");
                }

                break;
        }
    }

    private static SchemaNotSupportedException Fault(SchemaNode node, string keyword, string reason) => new(node.Path, keyword, reason);

    private static void Raise(SchemaNode node, DecimalNumber bound, bool exclusive)
    {
        int order = node.Minimum is { } known ? bound.CompareTo(known) : 1;
        node.MinimumExclusive = order > 0 ? exclusive : node.MinimumExclusive || (order == 0 && exclusive);
        node.Minimum = order > 0 ? bound : node.Minimum;
    }

    private static void Lower(SchemaNode node, DecimalNumber bound, bool exclusive)
    {
        int order = node.Maximum is { } known ? bound.CompareTo(known) : -1;
        node.MaximumExclusive = order < 0 ? exclusive : node.MaximumExclusive || (order == 0 && exclusive);
        node.Maximum = order < 0 ? bound : node.Maximum;
    }

    private static DecimalNumber ReadNumber(SchemaNode node, JsonProperty keyword) =>
        keyword.Value.ValueKind != JsonValueKind.Number
            ? throw Fault(node, keyword.Name, $"must be a number, found {keyword.Value.ValueKind}")
            : DecimalNumber.TryParse(keyword.Value, out DecimalNumber number)
                ? number
                : throw Fault(node, keyword.Name, "has too many digits");

    private static long ReadSize(SchemaNode node, JsonProperty keyword, long limit)
    {
        if (keyword.Value.ValueKind != JsonValueKind.Number || !DecimalNumber.TryParse(keyword.Value, out DecimalNumber number) || !number.IsInteger)
        {
            throw Fault(node, keyword.Name, "must be an integer");
        }

        if (number.Mantissa.Sign < 0)
        {
            throw Fault(node, keyword.Name, $"{keyword.Name} must be non-negative");
        }

        if (number.CompareTo(DecimalNumber.FromInteger(limit)) > 0)
        {
            return limit == long.MaxValue ? limit : throw Fault(node, keyword.Name, $"is {number}; allowed is at most {limit}");
        }

        return (long)number.ScaledFloor(0);
    }

    private static JsonTypes ReadTypes(SchemaNode node, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return ReadType(node, value.GetString());
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Fault(node, "type", "type must be string or array of strings");
        }

        if (value.GetArrayLength() == 0)
        {
            throw Fault(node, "type", "type array cannot be empty");
        }

        JsonTypes types = JsonTypes.None;
        foreach (JsonElement item in value.EnumerateArray())
        {
            types |= item.ValueKind == JsonValueKind.String
                ? ReadType(node, item.GetString())
                : throw Fault(node, "type", "invalid type in type array");
        }

        return types;
    }

    private static JsonTypes ReadType(SchemaNode node, string? name) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw Fault(node, "type", $"invalid type value '{name}'; allowed are null, boolean, integer, number, string, array, object"),
    };

    private static List<JsonElement> ReadEnum(SchemaNode node, JsonElement value, SchemaLimits limits)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Fault(node, "enum", "enum must be an array");
        }

        int count = value.GetArrayLength();
        if (count == 0)
        {
            throw Fault(node, "enum", "enum array cannot be empty");
        }

        return count > limits.EnumValues
            ? throw Fault(node, "enum", $"enum array cannot have more than {limits.EnumValues} items")
            : [.. value.EnumerateArray()];
    }

    private static void Restrict(SchemaNode node, IReadOnlyList<JsonElement> values) =>
        node.Values = node.Values is null ? values : [.. node.Values.Where(value => values.Any(other => JsonValues.AreEqual(value, other)))];

    private static List<string> ReadRequired(SchemaNode node, JsonElement value, SchemaLimits limits)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Fault(node, "required", "required must be an array");
        }

        if (value.GetArrayLength() > limits.Properties)
        {
            throw Fault(node, "required", $"has more than {limits.Properties} names");
        }

        var names = new HashSet<string>();
        foreach (JsonElement item in value.EnumerateArray())
        {
            names.Add(item.ValueKind == JsonValueKind.String && item.GetString() is { } name
                ? name
                : throw Fault(node, "required", "items in required array must be strings"));
        }

        return [.. names];
    }

    private static string ReadText(SchemaNode node, JsonProperty keyword, int limit)
    {
        string? text = keyword.Value.ValueKind == JsonValueKind.String ? keyword.Value.GetString() : null;
        return text is null ? throw Fault(node, keyword.Name, "must be a string")
            : text.Length > limit ? throw Fault(node, keyword.Name, $"has {text.Length} characters; allowed are {limit}")
            : text;
    }

    private static void ApplyNumberFormat(SchemaNode node)
    {
        if (node.Format is "int32" or "int64")
        {
            bool small = node.Format == "int32";
            node.Types &= ~JsonTypes.Fraction;
            Raise(node, DecimalNumber.FromInteger(small ? int.MinValue : long.MinValue), exclusive: false);
            Lower(node, DecimalNumber.FromInteger(small ? int.MaxValue : long.MaxValue), exclusive: false);
        }
    }

    private static void RequireOrder(SchemaNode node, string low, long minimum, string high, long maximum)
    {
        if (minimum > maximum)
        {
            throw Fault(node, low, $"{low} ({minimum}) cannot be greater than {high} ({maximum})");
        }
    }
}
