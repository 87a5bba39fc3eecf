using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>
/// JSON Schema's own words for the keywords the small schemas use, checked value by value; knows nothing of grammars. A
/// text under a pattern counts only in canonical spelling, as documented.
/// </summary>
internal static class SmallValidator
{
    public static bool IsValid(JsonNode? schema, SmallDocument document, JsonObject root)
    {
        if (schema is not JsonObject keywords)
        {
            return schema!.GetValue<bool>();
        }

        bool Holds(string keyword, Func<JsonNode, bool> check) => keywords[keyword] is not { } value || check(value);
        bool IsValidUnder(JsonNode? other) => IsValid(other, document, root);
        return Holds("$ref", _ => IsValidUnder(root["$defs"]!["node"]))
            && (!keywords.ContainsKey("const") || SmallDocument.Of(keywords["const"]).Bytes == document.Bytes)
            && Holds("enum", values => values.AsArray().Any(value => SmallDocument.Of(value).Bytes == document.Bytes))
            && Holds("type", type => (type as JsonArray ?? [type.DeepClone()]).Any(name => IsOfType(document, name!.GetValue<string>())))
            && Holds("anyOf", parts => parts.AsArray().Any(IsValidUnder))
            && Holds("oneOf", parts => parts.AsArray().Count(IsValidUnder) == 1)
            && Holds("allOf", parts => parts.AsArray().All(IsValidUnder))
            && document switch
            {
                SmallDocument.Number number => IsValidNumber(keywords, number.Value),
                SmallDocument.Text text => IsValidText(keywords, text),
                SmallDocument.List list => IsValidList(keywords, list.Items, root),
                SmallDocument.Map map => IsValidMap(keywords, map.Members, root),
                _ => true,
            };
    }

    /// <summary>The schema a member's value must satisfy; null for none.</summary>
    public static JsonNode? SchemaOf(JsonObject keywords, string name) =>
        keywords["properties"]?.AsObject() is { } properties && properties.ContainsKey(name) ? properties[name] : keywords["additionalProperties"];

    public static bool IsValidName(JsonObject keywords, string name, JsonObject root) =>
        keywords["propertyNames"] is not { } names
        || IsValid(names, new SmallDocument.Text($"\"{SmallAlphabet.Canonical(name)}\"", name, true), root);

    private static bool IsOfType(SmallDocument document, string type) => document switch
    {
        SmallDocument.Word word => type == (word.Bytes == "null" ? "null" : "boolean"),
        SmallDocument.Number number => type == "number" || (type == "integer" && decimal.IsInteger(number.Value)),
        SmallDocument.Text => type == "string",
        SmallDocument.List => type == "array",
        _ => type == "object",
    };

    private static bool IsValidNumber(JsonObject keywords, decimal value) =>
        value >= Number(keywords, "minimum", decimal.MinValue)
        && value <= Number(keywords, "maximum", decimal.MaxValue)
        && value > Number(keywords, "exclusiveMinimum", decimal.MinValue)
        && value < Number(keywords, "exclusiveMaximum", decimal.MaxValue)
        && (keywords["multipleOf"] is null || value % Number(keywords, "multipleOf", 1) == 0);

    private static bool IsValidText(JsonObject keywords, SmallDocument.Text text)
    {
        int length = text.Value.EnumerateRunes().Count();
        return length >= Number(keywords, "minLength", 0)
            && length <= Number(keywords, "maxLength", int.MaxValue)
            && (keywords["pattern"] is not { } pattern
                || (text.IsCanonical && Regex.IsMatch(text.Value, pattern.GetValue<string>().Replace("$", @"\z", StringComparison.Ordinal), RegexOptions.CultureInvariant)));
    }

    private static bool IsValidList(JsonObject keywords, IReadOnlyList<SmallDocument> items, JsonObject root)
    {
        JsonArray prefix = keywords["prefixItems"]?.AsArray() ?? [];
        return items.Count >= Number(keywords, "minItems", 0)
            && items.Count <= Number(keywords, "maxItems", int.MaxValue)
            && items.Select((item, index) => (index < prefix.Count ? prefix[index] : keywords["items"]) is not { } schema || IsValid(schema, item, root)).All(valid => valid);
    }

    private static bool IsValidMap(JsonObject keywords, IReadOnlyList<(string Name, SmallDocument Value)> members, JsonObject root) =>
        (keywords["required"]?.AsArray() ?? []).All(name => members.Any(member => member.Name == name!.GetValue<string>()))
        && members.All(member => IsValidName(keywords, member.Name, root))
        && members.All(member => SchemaOf(keywords, member.Name) is not { } schema || IsValid(schema, member.Value, root));

    public static decimal Number(JsonObject keywords, string keyword, decimal otherwise) =>
        keywords[keyword] is { } value ? SmallDocument.Of(value) is SmallDocument.Number number ? number.Value : otherwise : otherwise;
}
