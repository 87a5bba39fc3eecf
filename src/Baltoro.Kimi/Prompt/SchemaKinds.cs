using System.Text.Json;

namespace Baltoro.Kimi.Prompt;

/// <summary>Looks at the shape of a schema.</summary>
internal static class SchemaKinds
{
    /// <exception cref="SchemaNotExpressibleException">The schema is of no known shape.</exception>
    public static SchemaKind Of(JsonElement schema)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return SchemaKind.Anything;
            case JsonValueKind.False:
                return SchemaKind.Nothing;
            case not JsonValueKind.Object:
                throw new SchemaNotExpressibleException($"a schema of kind {schema.ValueKind}");
        }

        if (schema.TryGetProperty("$ref", out _))
        {
            return SchemaKind.Reference;
        }

        if (schema.TryGetProperty("anyOf", out _))
        {
            return SchemaKind.AnyOf;
        }

        if (schema.TryGetProperty("enum", out _))
        {
            return SchemaKind.Enumeration;
        }

        if (schema.TryGetProperty("type", out JsonElement type))
        {
            return OfType(type);
        }

        return schema.EnumerateObject().Any() ? throw new SchemaNotExpressibleException("a schema without a type") : SchemaKind.Anything;
    }

    /// <summary>Whether an array schema says something about its items (<c>{}</c> and null do not).</summary>
    public static bool HasItems(JsonElement schema) => schema.TryGetProperty("items", out JsonElement items) && items.ValueKind switch
    {
        JsonValueKind.Object => items.EnumerateObject().Any(),
        JsonValueKind.True => true,
        JsonValueKind.Null or JsonValueKind.False => false,
        _ => throw new SchemaNotExpressibleException($"items of kind {items.ValueKind}"),
    };

    /// <summary>Name a <c>$ref</c> is written with.</summary>
    public static string ReferenceName(string target) => target == "#" ? "parameters" : target[(target.LastIndexOf('/') + 1)..];

    /// <summary>TypeScript name of one entry of a list of types.</summary>
    public static string UnionPart(JsonElement type) => (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
    {
        "string" => "string",
        "number" or "integer" => "number",
        "boolean" => "boolean",
        "null" => "null",
        "object" => "{}",
        "array" => "Array<any>",
        _ => throw new SchemaNotExpressibleException($"type {type.GetRawText()} in a list of types"),
    };

    private static SchemaKind OfType(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.Array => SchemaKind.Union,
        JsonValueKind.String => type.GetString() switch
        {
            "object" => SchemaKind.Object,
            "array" => SchemaKind.Array,
            _ => SchemaKind.Scalar,
        },
        _ => throw new SchemaNotExpressibleException($"a type of kind {type.ValueKind}"),
    };
}
