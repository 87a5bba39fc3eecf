using System.Text.Json;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// First pass over a function's schema: collects the definitions that <c>$ref</c> may name and checks that every part
/// has a TypeScript form, so that the second pass can write without looking back.
/// </summary>
internal sealed class SchemaRegistry
{
    private readonly List<JsonProperty> _definitions = [];

    /// <summary>Definitions in the order they were met.</summary>
    public IReadOnlyList<JsonProperty> Definitions => _definitions;

    /// <summary>Whether a <c>$ref</c> names the whole schema (<c>#</c>).</summary>
    public bool HasSelfReference { get; private set; }

    /// <exception cref="SchemaNotExpressibleException">The schema has no TypeScript form.</exception>
    public void Visit(JsonElement schema)
    {
        switch (SchemaKinds.Of(schema))
        {
            case SchemaKind.Reference:
                VisitReference(schema.GetProperty("$ref"));
                break;
            case SchemaKind.AnyOf:
                foreach (JsonElement option in Expect(schema.GetProperty("anyOf"), JsonValueKind.Array, "anyOf").EnumerateArray())
                {
                    Visit(option);
                }

                break;
            case SchemaKind.Enumeration:
                EnumerationCheck.Check(schema);
                break;
            case SchemaKind.Object:
                VisitObject(schema);
                break;
            case SchemaKind.Array:
                if (SchemaKinds.HasItems(schema))
                {
                    Visit(schema.GetProperty("items"));
                }

                break;
            case SchemaKind.Anything or SchemaKind.Nothing or SchemaKind.Union or SchemaKind.Scalar:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(schema));
        }
    }

    /// <summary>Visits an object schema, whatever its <c>type</c> says.</summary>
    public void VisitObject(JsonElement schema)
    {
        if (schema.TryGetProperty("$defs", out JsonElement definitions) && definitions.ValueKind != JsonValueKind.Null)
        {
            foreach (JsonProperty definition in PythonJson.SortedMembers(Expect(definitions, JsonValueKind.Object, "$defs")))
            {
                Define(definition);
            }
        }

        if (schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind == JsonValueKind.Object)
        {
            Visit(additional);
        }

        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in PythonJson.SortedMembers(Expect(properties, JsonValueKind.Object, "properties")))
            {
                Visit(property.Value);
            }
        }
    }

    private void Define(JsonProperty definition)
    {
        int index = _definitions.FindIndex(d => d.Name == definition.Name);
        if (index >= 0)
        {
            _definitions[index] = definition;
        }
        else
        {
            _definitions.Add(definition);
        }
    }

    private void VisitReference(JsonElement reference)
    {
        string target = Expect(reference, JsonValueKind.String, "$ref").GetString()!;
        if (target == "#")
        {
            HasSelfReference = true;
            return;
        }

        string name = SchemaKinds.ReferenceName(target);
        bool isKnown = target.StartsWith("#/$defs/", StringComparison.Ordinal)
            && _definitions.Exists(d => d.Name == name && d.Value.ValueKind == JsonValueKind.Object);
        if (!isKnown)
        {
            throw new SchemaNotExpressibleException($"$ref {target} names no definition");
        }
    }

    private static JsonElement Expect(JsonElement element, JsonValueKind kind, string key) =>
        element.ValueKind == kind ? element : throw new SchemaNotExpressibleException($"{key} is not of kind {kind}");
}
