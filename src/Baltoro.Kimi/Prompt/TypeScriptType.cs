using System.Text;
using System.Text.Json;

namespace Baltoro.Kimi.Prompt;

/// <summary>A schema as a TypeScript type, in the layout the model was trained on. Requires a schema that passed the registry.</summary>
internal static class TypeScriptType
{
    private const string IndentStep = "  ";

    private static readonly string[] _textConstraints = ["maxLength", "minLength", "pattern"];
    private static readonly string[] _numberConstraints = ["maximum", "minimum"];
    private static readonly string[] _arrayConstraints = ["maxItems", "minItems"];

    public static string Render(JsonElement schema, string indent) => SchemaKinds.Of(schema) switch
    {
        SchemaKind.Anything => "any",
        SchemaKind.Nothing => "null",
        SchemaKind.Reference => SchemaKinds.ReferenceName(schema.GetProperty("$ref").GetString()!),
        SchemaKind.AnyOf => string.Join(" | ", schema.GetProperty("anyOf").EnumerateArray().Select(o => Render(o, indent))),
        SchemaKind.Enumeration => string.Join(" | ", schema.GetProperty("enum").EnumerateArray().Select(EnumerationValue)),
        SchemaKind.Union => string.Join(" | ", schema.GetProperty("type").EnumerateArray().Select(SchemaKinds.UnionPart)),
        SchemaKind.Object => RenderObject(schema, indent),
        SchemaKind.Array => RenderArray(schema, indent),
        SchemaKind.Scalar => schema.GetProperty("type").GetString() is "integer" ? "number" : schema.GetProperty("type").GetString()!,
        _ => throw new ArgumentOutOfRangeException(nameof(schema)),
    };

    /// <summary>Fields required first, each group by name, then what other fields may hold.</summary>
    public static string RenderObject(JsonElement schema, string indent)
    {
        List<string> fields = [.. Fields(schema, indent)
            .OrderBy(f => f.IsOptional).ThenBy(f => f.Name, StringComparer.Ordinal).Select(f => f.Text)];
        if (schema.TryGetProperty("additionalProperties", out JsonElement others) && others.ValueKind != JsonValueKind.Null)
        {
            fields.Add($"{indent}{IndentStep}[k: string]: {OtherFields(others, indent + IndentStep)}");
        }

        return fields.Count == 0 ? "{}" : $"{{\n{string.Join(",\n", fields)}\n{indent}}}";
    }

    /// <summary>The fields of an object schema, each with its comments, indented one step further.</summary>
    public static IEnumerable<(string Name, bool IsOptional, string Text)> Fields(JsonElement schema, string indent)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties))
        {
            yield break;
        }

        HashSet<string> required = RequiredNames(schema);
        foreach (JsonProperty property in PythonJson.SortedMembers(properties))
        {
            bool isOptional = !required.Contains(property.Name);
            yield return (property.Name, isOptional, Field(property, isOptional, indent + IndentStep));
        }
    }

    /// <summary>Each line of a description behind <c>// </c>; empty lines stay empty.</summary>
    public static string Comment(string description, string indent) =>
        string.Join('\n', description.Split('\n').Select(line => line.Length == 0 ? "" : $"{indent}// {line}"));

    /// <summary>A schema's description, or null when it has none.</summary>
    public static string? DescriptionOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("description", out JsonElement description))
        {
            return null;
        }

        return description.ValueKind switch
        {
            JsonValueKind.String => description.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Null => null,
            _ => throw new SchemaNotExpressibleException($"a description of kind {description.ValueKind}"),
        };
    }

    private static string Field(JsonProperty property, bool isOptional, string indent)
    {
        StringBuilder text = new(Docstring(property.Value, indent));
        if (property.Value.ValueKind == JsonValueKind.Object
            && property.Value.TryGetProperty("default", out JsonElement value) && value.ValueKind != JsonValueKind.Null)
        {
            bool isPlain = value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
            text.Append(indent).Append("// Default: ").Append(isPlain ? PythonJson.Str(value) : PythonJson.Dump(value)).Append('\n');
        }

        return text.Append(indent).Append(property.Name).Append(isOptional ? "?: " : ": ").Append(Render(property.Value, indent)).ToString();
    }

    /// <summary>Comment lines over a field or an array's item: description, then constraints.</summary>
    private static string Docstring(JsonElement schema, string indent)
    {
        StringBuilder text = new();
        if (DescriptionOf(schema) is { } description)
        {
            text.Append(Comment(description, indent)).Append('\n');
        }

        List<string> constraints = [];
        foreach (string key in ConstraintKeys(schema))
        {
            if (schema.TryGetProperty(key, out JsonElement value))
            {
                constraints.Add($"{key}: {PythonJson.Str(value)}");
            }
        }

        if (constraints.Count > 0)
        {
            text.Append(indent).Append("// ").AppendJoin(", ", constraints).Append('\n');
        }

        return text.ToString();
    }

    private static string[] ConstraintKeys(JsonElement schema) => SchemaKinds.Of(schema) switch
    {
        SchemaKind.Array => _arrayConstraints,
        SchemaKind.Scalar => schema.GetProperty("type").GetString() switch
        {
            "string" => _textConstraints,
            "number" or "integer" => _numberConstraints,
            _ => [],
        },
        _ => [],
    };

    private static string RenderArray(JsonElement schema, string indent)
    {
        if (!SchemaKinds.HasItems(schema))
        {
            return "Array<any>";
        }

        JsonElement items = schema.GetProperty("items");
        string inner = indent + IndentStep;
        string docstring = Docstring(items, inner);
        return docstring.Length == 0
            ? $"Array<{Render(items, indent)}>"
            : $"Array<\n{docstring}{inner}{Render(items, inner)}\n{indent}>";
    }

    private static string OtherFields(JsonElement others, string indent) => others.ValueKind switch
    {
        JsonValueKind.True => "any",
        JsonValueKind.False => "never",
        JsonValueKind.Object => Render(others, indent),
        _ => throw new SchemaNotExpressibleException($"additionalProperties of kind {others.ValueKind}"),
    };

    private static string EnumerationValue(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : PythonJson.Str(value);

    private static HashSet<string> RequiredNames(JsonElement schema)
    {
        if (!schema.TryGetProperty("required", out JsonElement required))
        {
            return [];
        }

        return required.ValueKind == JsonValueKind.Array
            ? [.. required.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!)]
            : throw new SchemaNotExpressibleException($"required of kind {required.ValueKind}");
    }
}
