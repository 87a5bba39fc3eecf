using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>
/// Checks a schema against Moonshot flavored JSON schema and says what is wrong in the platform's own words, for example
/// <c>At path 'properties.x': type is not defined</c>.
/// </summary>
public sealed class MfjsValidator
{
    private const int MaxDepth = 30;
    private const int MaxChars = 120_000;
    private const int MaxProperties = 3_000;
    private static readonly string[] _reserved = ["$defs", "$ref", "anyOf", "required", "additionalProperties"];
    private readonly JsonElement _root;
    private readonly MfjsLevel _level;
    private int _properties;

    private MfjsValidator(JsonElement root, MfjsLevel level)
    {
        _root = root;
        _level = level;
    }

    /// <summary>The first broken rule, or null when <paramref name="schema"/> is valid. Bounded by the size of the schema.</summary>
    public static string? Check(JsonElement schema, MfjsLevel level = MfjsLevel.Strict)
    {
        try
        {
            new MfjsValidator(schema, level).CheckRoot();
            return null;
        }
        catch (MfjsException fault)
        {
            return fault.Message;
        }
        catch (InvalidOperationException)
        {
            return "JSON schema parsing error: a string is not valid Unicode";
        }
    }

    private void CheckRoot()
    {
        MfjsRules.Require(_root.ValueKind == JsonValueKind.Object, "", "schema must be a dict");
        MfjsRules.Require(_root.GetRawText().Length <= MaxChars, "", "schema exceeds maximum allowed size");
        if (_root.TryGetProperty("$defs", out JsonElement definitions))
        {
            MfjsRules.Require(definitions.ValueKind == JsonValueKind.Object, "", "$defs must be an object");
            foreach (JsonProperty definition in definitions.EnumerateObject())
            {
                CheckSchema(definition.Value, $"$defs.{definition.Name}", 1, isRoot: false);
            }
        }

        if (_root.EnumerateObject().Any(keyword => keyword.Name is not ("$defs" or "$id" or "description" or "title" or "$schema")))
        {
            CheckSchema(_root, "", 0, isRoot: true);
        }

        MfjsRules.Require(MfjsRecursion.Terminates(_root), "", "detected infinite recursion without termination condition");
    }

    private static string Join(string path, string segment) => path.Length == 0 ? segment : $"{path}.{segment}";

    private void CheckSchema(JsonElement schema, string path, int depth, bool isRoot)
    {
        MfjsRules.Require(depth <= MaxDepth, path, $"schema depth exceeds maximum limit of {MaxDepth}");
        MfjsRules.Require(schema.ValueKind == JsonValueKind.Object, path, "schema must be a dict");
        foreach (string keyword in (ReadOnlySpan<string>)["$defs", "$id"])
        {
            MfjsRules.Require(isRoot || !schema.TryGetProperty(keyword, out _), path, $"keyword {keyword} must be at root level");
        }

        if (_level == MfjsLevel.Ultra)
        {
            MfjsRules.RefuseUnknown(schema, path);
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            MfjsRules.Require(!schema.TryGetProperty("type", out _), path, "when using $ref, type should be defined in the referenced schema instead of the parent schema");
            MfjsRules.RefuseBeside(schema, path, "$ref", isRoot);
            CheckReference(reference, path);
        }
        else if (schema.TryGetProperty("anyOf", out JsonElement branches))
        {
            MfjsRules.Require(!schema.TryGetProperty("type", out _), path, "when using anyOf, type should be defined in anyOf items instead of the parent schema");
            MfjsRules.RefuseBeside(schema, path, "anyOf", isRoot);
            CheckBranches(branches, path, depth);
        }
        else
        {
            CheckTyped(schema, path, depth);
        }
    }

    private void CheckReference(JsonElement reference, string path)
    {
        string? text = reference.ValueKind == JsonValueKind.String ? reference.GetString() : null;
        bool isKnown = text == "#" || (text is not null && text.StartsWith("#/$defs/", StringComparison.Ordinal));
        MfjsRules.Require(isKnown, path, "references must start with #/$defs/");
        bool exists = text == "#"
            || (_root.TryGetProperty("$defs", out JsonElement definitions)
                && definitions.ValueKind == JsonValueKind.Object
                && definitions.TryGetProperty(text!["#/$defs/".Length..], out _)); // isKnown: text is not null
        MfjsRules.Require(exists, path, $"invalid $ref path: {text}");
    }

    private void CheckBranches(JsonElement branches, string path, int depth)
    {
        MfjsRules.Require(branches.ValueKind == JsonValueKind.Array, path, "anyOf must be an array");
        MfjsRules.Require(branches.GetArrayLength() is >= 1 and <= 500, path, "anyOf must have 1-500 items");
        foreach (JsonElement branch in branches.EnumerateArray())
        {
            CheckSchema(branch, Join(path, "anyOf"), depth + 1, isRoot: false);
        }
    }

    private void CheckTyped(JsonElement schema, string path, int depth)
    {
        List<string> types = MfjsRules.ReadTypes(schema, path);
        MfjsRules.CheckKeywords(schema, types, path);
        MfjsRules.CheckEnum(schema, types, path);
        MfjsRules.CheckRange(schema, "minimum", "maximum", path, isSize: false);
        MfjsRules.CheckRange(schema, "minLength", "maxLength", path, isSize: true);
        MfjsRules.CheckRange(schema, "minItems", "maxItems", path, isSize: true);
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            CheckProperties(properties, path, depth);
        }

        if (schema.TryGetProperty("required", out JsonElement required))
        {
            CheckRequired(required, schema, path);
        }

        if (schema.TryGetProperty("additionalProperties", out JsonElement additional))
        {
            bool isSchema = additional.ValueKind == JsonValueKind.Object;
            MfjsRules.Require(isSchema || additional.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "additionalProperties must be a boolean or an object");
            if (isSchema && additional.EnumerateObject().Any())
            {
                CheckSchema(additional, Join(path, "additionalProperties"), depth + 1, isRoot: false);
            }
        }

        if (schema.TryGetProperty("items", out JsonElement items))
        {
            string at = Join(path, "items");
            MfjsRules.Require(items.ValueKind == JsonValueKind.Object, at, "items must be an object");
            CheckSchema(items, at, depth + 1, isRoot: false);
        }
    }

    private void CheckProperties(JsonElement properties, string path, int depth)
    {
        MfjsRules.Require(properties.ValueKind == JsonValueKind.Object, path, "properties must be an object");
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            MfjsRules.Require(++_properties <= MaxProperties, path, "schema exceeds maximum allowed size");
            MfjsRules.Require(property.Name.Length > 0, path, "property name cannot be empty");
            MfjsRules.Require(!_reserved.Contains(property.Name), path, $"property name '{property.Name}' is reserved for JSON Schema keywords");
            MfjsRules.Require(property.Value.ValueKind == JsonValueKind.Object, path, $"property schema for '{property.Name}' must be an object");
            CheckSchema(property.Value, Join(path, $"properties.{property.Name}"), depth + 1, isRoot: false);
        }
    }

    private static void CheckRequired(JsonElement required, JsonElement schema, string path)
    {
        MfjsRules.Require(required.ValueKind == JsonValueKind.Array, path, "required must be an array");
        HashSet<string> seen = [];
        foreach (JsonElement item in required.EnumerateArray())
        {
            string? name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            MfjsRules.Require(name is not null, path, "items in required array must be strings");
            MfjsRules.Require(seen.Add(name), path, $"duplicate items in required array: {name}");
            bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties);
            MfjsRules.Require(hasProperties, path, "required specified but 'properties' keyword is missing");
            MfjsRules.Require(properties.TryGetProperty(name, out _), path, $"required property '{name}' is not defined in properties");
        }
    }
}
