using System.Text.Json.Nodes;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>
/// Instances that often satisfy a schema of <see cref="RandomSchemas"/>, properties in their declared order and additional
/// ones last. Whether one is valid is for the oracle to say.
/// </summary>
internal sealed class RandomInstances(Random random, JsonObject root)
{
    private static readonly string[] Texts = ["", "a", "abc", "foo", "red", "axb", "A", "x@y", "日本", "ab日", "\n", "a\"b\\", "123-4567", "hello world", "😀", "\u0001", "ünder"];

    public JsonNode? Next() => Next(root, 0);

    private JsonNode? Next(JsonNode? schema, int depth)
    {
        if (schema is not JsonObject rules || depth > 6)
        {
            return Anything(depth);
        }

        if (rules["$ref"] is { } reference)
        {
            return Next(root["$defs"]?[reference.GetValue<string>().Split('/')[^1]], depth);
        }

        foreach (string keyword in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (rules[keyword] is JsonArray branches)
            {
                return keyword == "allOf" ? Merge(branches, depth) : Next(branches[random.Next(branches.Count)], depth);
            }
        }

        if (rules["const"] is { } constant)
        {
            return constant.DeepClone();
        }

        if (rules["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        JsonNode? type = rules["type"] is JsonArray types ? types[random.Next(types.Count)] : rules["type"];
        return type?.GetValue<string>() switch
        {
            "object" => NextObject([rules], depth),
            "array" => NextArray(rules, depth),
            "string" => Texts[random.Next(Texts.Length)] + (random.Next(3) == 0 ? Texts[random.Next(Texts.Length)] : ""),
            "integer" => NextInteger(rules),
            // Adding 0 turns a negative zero, which ECMAScript never writes, into zero.
            "number" => random.Next(2) == 0 ? NextInteger(rules) : Math.Round((random.NextDouble() * 60) - 20, random.Next(5)) + 0.0,
            "boolean" => random.Next(2) == 0,
            _ => null,
        };
    }

    private JsonNode NextInteger(JsonObject rules)
    {
        double low = (rules["minimum"] ?? rules["exclusiveMinimum"])?.GetValue<double>() ?? random.Next(-100, 100);
        long step = (long)(rules["multipleOf"]?.GetValue<double>() ?? 1);
        return (long)Math.Ceiling((low + random.Next(0, 20)) / step) * step;
    }

    private JsonArray NextArray(JsonObject rules, int depth)
    {
        var array = new JsonArray();
        int min = (int)(rules["minItems"]?.GetValue<double>() ?? 0);
        int count = min + random.Next(3);
        var prefix = rules["prefixItems"] as JsonArray;
        for (int i = 0; i < count; i++)
        {
            array.Add(Next(prefix is not null && i < prefix.Count ? prefix[i] : rules["items"], depth + 1));
        }

        return array;
    }

    private JsonNode? Merge(JsonArray parts, int depth) => NextObject([.. parts.Select(part => part!.AsObject())], depth);

    private JsonObject NextObject(IReadOnlyList<JsonObject> all, int depth)
    {
        var instance = new JsonObject();
        string[] required = [.. all.SelectMany(rules => rules["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        foreach ((string name, JsonNode? schema) in all.SelectMany(rules => rules["properties"] as JsonObject ?? []))
        {
            if (!instance.ContainsKey(name) && (required.Contains(name) || random.Next(2) == 0))
            {
                instance[name] = Next(schema, depth + 1);
            }
        }

        foreach (string name in required.Where(name => !instance.ContainsKey(name)))
        {
            instance[name] = Next(all[0]["additionalProperties"], depth + 1);
        }

        string[] declared = [.. all.SelectMany(rules => (rules["properties"] as JsonObject ?? []).Select(property => property.Key))];
        foreach (string name in (string[])["extra", "zz", "日"])
        {
            if (random.Next(5) == 0 && !declared.Contains(name))
            {
                instance[name] = Next(all[0]["additionalProperties"], depth + 1);
            }
        }

        return instance;
    }

    private JsonNode? Anything(int depth) => random.Next(depth > 4 ? 4 : 6) switch
    {
        0 => null,
        1 => random.Next(-50, 50),
        2 => Texts[random.Next(Texts.Length)],
        3 => true,
        4 => new JsonArray(Anything(depth + 1), Anything(depth + 1)),
        _ => new JsonObject { ["x"] = Anything(depth + 1), [""] = 1.5 },
    };
}
