using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>
/// Reads a JSON Schema document into <see cref="SchemaNode"/>s. Every sub-schema that can be reached from the root is read
/// once, references by JSON pointer included, so that a recursive schema becomes a graph with cycles.
/// </summary>
internal sealed class SchemaReader(JsonElement root, SchemaLimits limits)
{
    private readonly Dictionary<string, SchemaNode> _byPointer = [];
    private readonly List<SchemaNode> _nodes = [];
    private int _propertyCount;

    public SchemaDocument Read()
    {
        int size = root.GetRawText().Length;
        if (size > limits.SchemaChars)
        {
            throw Fault("", "schema", $"has {size} characters; allowed are {limits.SchemaChars}");
        }

        RequireUnicode(root);
        SchemaNode node = ReadAt("", root, "", 0);
        new InPlaceCycles(_nodes).Refuse();
        return new SchemaDocument(node, _nodes, limits);
    }

    private static SchemaNotSupportedException Fault(string path, string keyword, string reason) => new(path, keyword, reason);

    private static string Join(string path, string segment) => path.Length == 0 ? segment : $"{path}.{segment}";

    private static string Escape(string segment) => segment.Replace("~", "~0").Replace("/", "~1");

    private static void RequireUnicode(JsonElement schema)
    {
        try
        {
            CheckStrings(schema);
        }
        catch (InvalidOperationException)
        {
            throw Fault("", "schema", "has a string that is not valid Unicode (a lone surrogate)");
        }
    }

    private static void CheckStrings(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    CheckStrings(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    _ = property.Name;
                    CheckStrings(property.Value);
                }

                break;
        }
    }

    private SchemaNode ReadAt(string pointer, JsonElement schema, string path, int depth)
    {
        if (_byPointer.TryGetValue(pointer, out SchemaNode? known))
        {
            return known;
        }

        if (depth > limits.Depth)
        {
            throw Fault(path, "schema", $"is nested deeper than {limits.Depth}");
        }

        if (_nodes.Count >= limits.Nodes)
        {
            throw Fault(path, "schema", $"the document has more than {limits.Nodes} sub-schemas");
        }

        var node = new SchemaNode(_nodes.Count, path);
        _nodes.Add(node);
        _byPointer.Add(pointer, node);
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                break;
            case JsonValueKind.False:
                node.IsFalse = true;
                break;
            case JsonValueKind.Object:
                ReadKeywords(node, pointer, schema, depth);
                break;
            default:
                throw Fault(path, "schema", $"must be an object or a boolean, found {schema.ValueKind}");
        }

        return node;
    }

    private void ReadKeywords(SchemaNode node, string pointer, JsonElement schema, int depth)
    {
        AssertionReader.Read(node, schema, limits);
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            string at = $"{pointer}/{Escape(keyword.Name)}";
            string path = Join(node.Path, keyword.Name);
            switch (keyword.Name)
            {
                case "properties":
                    node.Properties = ReadProperties(keyword.Value, at, path, depth);
                    break;
                case "additionalProperties":
                    node.AdditionalProperties = ReadAt(at, keyword.Value, path, depth + 1);
                    break;
                case "unevaluatedProperties" when IsPlainClosed(schema, keyword.Value):
                    node.AdditionalProperties = ReadAt(at, keyword.Value, path, depth + 1);
                    break;
                case "propertyNames":
                    node.PropertyNames = ReadAt(at, keyword.Value, path, depth + 1);
                    break;
                case "items":
                    node.Items = keyword.Value.ValueKind == JsonValueKind.Array
                        ? throw Fault(node.Path, "items", "must be one schema; a tuple is written with prefixItems")
                        : ReadAt(at, keyword.Value, path, depth + 1);
                    break;
                case "prefixItems":
                    node.PrefixItems = ReadList(keyword.Value, at, node.Path, "prefixItems", depth);
                    break;
                case "anyOf":
                    node.AnyOf = ReadList(keyword.Value, at, node.Path, "anyOf", depth);
                    break;
                case "oneOf":
                    node.OneOf = ReadList(keyword.Value, at, node.Path, "oneOf", depth);
                    break;
                case "allOf":
                    node.AllOf = ReadList(keyword.Value, at, node.Path, "allOf", depth);
                    break;
                case "$ref":
                    node.Reference = ReadReference(keyword.Value, node.Path, depth);
                    break;
                default:
                    RefuseUnlessTrivial(node.Path, keyword);
                    break;
            }
        }
    }

    /// <summary>unevaluatedProperties equals additionalProperties where nothing else looks at the same object.</summary>
    private static bool IsPlainClosed(JsonElement schema, JsonElement value) =>
        value.ValueKind != JsonValueKind.True
        && !schema.TryGetProperty("additionalProperties", out _)
        && !schema.TryGetProperty("anyOf", out _)
        && !schema.TryGetProperty("oneOf", out _)
        && !schema.TryGetProperty("allOf", out _)
        && !schema.TryGetProperty("$ref", out _);

    private static void RefuseUnlessTrivial(string path, JsonProperty keyword)
    {
        if (!SchemaKeywords.Refused.Contains(keyword.Name))
        {
            return;
        }

        bool trivial = keyword.Name switch
        {
            "not" => keyword.Value.ValueKind == JsonValueKind.False,
            "if" => false,
            "uniqueItems" => keyword.Value.ValueKind == JsonValueKind.False,
            "unevaluatedProperties" or "unevaluatedItems" or "additionalItems" => keyword.Value.ValueKind == JsonValueKind.True,
            _ => keyword.Value.ValueKind == JsonValueKind.Object && !keyword.Value.EnumerateObject().Any(),
        };
        if (!trivial)
        {
            throw Fault(path, keyword.Name, "cannot be enforced");
        }
    }

    private List<KeyValuePair<string, SchemaNode>> ReadProperties(JsonElement value, string pointer, string path, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Fault(path, "properties", "must be an object");
        }

        List<KeyValuePair<string, SchemaNode>> properties = [];
        HashSet<string> names = [];
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (++_propertyCount > limits.Properties)
            {
                throw Fault(path, "properties", $"the document has more than {limits.Properties} properties");
            }

            if (!names.Add(property.Name))
            {
                throw Fault(path, "properties", $"property '{property.Name}' is stated twice");
            }

            properties.Add(new(
                property.Name,
                ReadAt($"{pointer}/{Escape(property.Name)}", property.Value, Join(path, property.Name), depth + 1)));
        }

        return properties;
    }

    private List<SchemaNode> ReadList(JsonElement value, string pointer, string path, string keyword, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            throw Fault(path, keyword, "must be an array of at least one schema");
        }

        if (value.GetArrayLength() > limits.Branches)
        {
            throw Fault(path, keyword, $"has {value.GetArrayLength()} entries; allowed are {limits.Branches}");
        }

        List<SchemaNode> list = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            list.Add(ReadAt($"{pointer}/{list.Count}", item, Join(path, $"{keyword}[{list.Count}]"), depth + 1));
        }

        return list;
    }

    private SchemaNode ReadReference(JsonElement value, string path, int depth)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } reference || !reference.StartsWith('#'))
        {
            throw Fault(path, "$ref", $"must be a reference into this document (# or #/…), found {value.GetRawText()}");
        }

        string pointer = Uri.UnescapeDataString(reference[1..]);
        JsonElement target = root;
        if (pointer.Length > 0 && pointer[0] != '/')
        {
            throw Fault(path, "$ref", $"anchors are not supported: {reference}");
        }

        foreach (string segment in pointer.Split('/').Skip(1))
        {
            if (!TryStep(ref target, segment.Replace("~1", "/").Replace("~0", "~")))
            {
                throw Fault(path, "$ref", $"points to nothing: {reference}");
            }
        }

        return ReadAt(pointer, target, pointer.Length == 0 ? "" : pointer[1..].Replace('/', '.'), depth + 1);
    }

    private static bool TryStep(ref JsonElement target, string segment)
    {
        if (target.ValueKind == JsonValueKind.Object)
        {
            return target.TryGetProperty(segment, out target);
        }

        if (target.ValueKind == JsonValueKind.Array && int.TryParse(segment, out int index) && index >= 0 && index < target.GetArrayLength())
        {
            target = target[index];
            return true;
        }

        return false;
    }
}
