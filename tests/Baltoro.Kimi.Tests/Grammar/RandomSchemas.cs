using System.Text.Json.Nodes;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Random schemas from all supported keywords. Some are unsatisfiable or have overlapping oneOf; those are refused.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] Names = ["a", "b", "name", "value", "é\"x", "id", "next", "a\nb", "", "items"];
    private static readonly string[] Patterns =
        ["^[a-z]+$", "^\\d{3}-\\d{4}$", "foo", "^(red|green|blue)$", "a.*b$", "^[^\"]{2,5}$", "[A-Z]", "^.{0,3}$", "\\w+@\\w+", "^\\p{L}+$", "^(a|b|日)*$", "\\n"];
    private static readonly string[] Formats =
        ["date-time", "date", "time", "uuid", "email", "ipv4", "ipv6", "uri", "hostname", "duration"];
    private bool _hasDefinition;

    public string Next()
    {
        _hasDefinition = random.Next(4) == 0;
        JsonObject root = Schema(0);
        if (_hasDefinition)
        {
            root["$defs"] = new JsonObject { ["node"] = Recursive() };
        }

        return root.ToJsonString();
    }

    private JsonObject Recursive() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["value"] = Scalar(),
            ["next"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/$defs/node" }, new JsonObject { ["type"] = "null" }) },
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/node" }, ["maxItems"] = 2 },
        },
        ["required"] = new JsonArray("value", "next"),
        ["additionalProperties"] = false,
    };

    private JsonObject Schema(int depth)
    {
        if (depth > 0 && _hasDefinition && random.Next(6) == 0)
        {
            return new JsonObject { ["$ref"] = "#/$defs/node" };
        }

        return (depth >= 3 ? random.Next(6) : random.Next(13)) switch
        {
            <= 5 => Scalar(),
            <= 7 => Array(depth),
            <= 9 => Object(depth),
            10 => new JsonObject { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Schema(depth + 1))]) },
            11 => new JsonObject { ["allOf"] = new JsonArray(Object(depth), Object(depth)) },
            _ => new JsonObject { ["oneOf"] = new JsonArray(Tagged("a", depth), Tagged("b", depth), new JsonObject { ["type"] = "null" }) },
        };
    }

    private JsonObject Tagged(string tag, int depth)
    {
        JsonObject schema = Object(depth);
        schema["properties"]!.AsObject().Insert(0, "kind", new JsonObject { ["const"] = tag });
        schema["required"] = new JsonArray("kind");
        return schema;
    }

    private JsonObject Scalar() => random.Next(10) switch
    {
        0 => new JsonObject { ["type"] = "boolean" },
        1 => new JsonObject { ["type"] = new JsonArray("string", "null") },
        2 => new JsonObject { ["enum"] = new JsonArray(1, "a", 12, null, true, 1.5, new JsonArray(1, "x"), new JsonObject { ["k"] = -3 }) },
        3 => new JsonObject { ["const"] = random.Next(2) == 0 ? "x\"\n日" : random.Next(200) },
        4 or 5 => Number("integer"),
        6 => Number("number"),
        7 => new JsonObject { ["type"] = "string", ["pattern"] = Pick(Patterns), ["maxLength"] = random.Next(2, 30) },
        8 => new JsonObject { ["type"] = "string", ["format"] = Pick(Formats) },
        _ => Text(),
    };

    private JsonObject Text()
    {
        var schema = new JsonObject { ["type"] = "string" };
        int min = random.Next(0, 6);
        Maybe(schema, "minLength", min);
        Maybe(schema, "maxLength", min + random.Next(0, 40));
        return schema;
    }

    private JsonObject Number(string type)
    {
        var schema = new JsonObject { ["type"] = type };
        double low = type == "integer" ? random.Next(-200, 200) : Math.Round((random.NextDouble() * 20) - 10, random.Next(4));
        double high = type == "integer" ? low + random.Next(1, 5000) : Math.Round(low + 0.01 + (random.NextDouble() * 100), 2);
        Maybe(schema, random.Next(2) == 0 ? "minimum" : "exclusiveMinimum", low);
        Maybe(schema, random.Next(2) == 0 ? "maximum" : "exclusiveMaximum", high + 1);
        if (random.Next(3) == 0)
        {
            schema["multipleOf"] = random.Next(1, 9);
        }

        return schema;
    }

    private JsonObject Array(int depth)
    {
        var schema = new JsonObject { ["type"] = "array" };
        if (random.Next(4) > 0)
        {
            schema["items"] = random.Next(8) == 0 ? JsonValue.Create(random.Next(2) == 0) : Schema(depth + 1);
        }

        if (random.Next(3) == 0)
        {
            schema["prefixItems"] = new JsonArray(Schema(depth + 1), Schema(depth + 1));
        }

        int min = random.Next(0, 3);
        Maybe(schema, "minItems", min);
        Maybe(schema, "maxItems", min + random.Next(0, 4));
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var properties = new JsonObject();
        foreach (string name in Names.Where(_ => random.Next(3) == 0))
        {
            properties[name] = Schema(depth + 1);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        string[] required = [.. Names.Where(name => random.Next(properties.ContainsKey(name) ? 2 : 15) == 0)];
        schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        switch (random.Next(4))
        {
            case 0:
                schema["additionalProperties"] = false;
                break;
            case 1:
                schema["additionalProperties"] = Schema(depth + 1);
                break;
        }

        if (random.Next(8) == 0)
        {
            schema["propertyNames"] = new JsonObject { ["pattern"] = "^[a-z]*$", ["maxLength"] = 8 };
        }

        if (random.Next(8) == 0)
        {
            schema["minProperties"] = Math.Min(required.Length + random.Next(2), 3);
            schema["maxProperties"] = required.Length + 3;
        }

        return schema;
    }

    private void Maybe(JsonObject schema, string keyword, double value)
    {
        if (random.Next(2) == 0)
        {
            schema[keyword] = value;
        }
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
