using System.Text.Json.Nodes;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>Random schemas with few documents, from every keyword whose documents can be counted.</summary>
internal sealed class SmallSchemas(Random random, SmallAlphabet alphabet)
{
    /// <summary>In order, as all objects declare them. Only those the alphabet can spell are used, since others would be states it does not
    /// reach; and no character of several bytes alone, since without it another one begins with the same byte.</summary>
    private static readonly string[] _texts = ["a", "ab", "a1", "at", "b", "a\"", "a\nb", "n", "1", "1a", "true", "1é", "u", "6日6", "\u0001"];
    private readonly string[] _names = [.. _texts.Where(text => SmallAlphabet.Canonical(text).All(alphabet.Bytes.Contains))];
    private static readonly string[] _patterns = ["^[ab]*$", "^(a|ab|b1)$", "a$", "^[^a]$", "1", "^(1|a)?$", "^\\{"];
    private readonly int _maxLength = alphabet.Characters.Count > 60 ? 1 : 2;
    private bool _isRecursive;

    public JsonObject Next()
    {
        _isRecursive = random.Next(5) == 0;
        JsonObject root = _isRecursive ? new JsonObject { ["$ref"] = "#/$defs/node" } : Schema(2);
        if (_isRecursive)
        {
            root["$defs"] = new JsonObject { ["node"] = Node() };
        }

        return root;
    }

    private JsonObject Node()
    {
        JsonObject again = new() { ["$ref"] = "#/$defs/node" };
        JsonObject next = Any(again, Scalar());
        return random.Next(2) == 0
            ? new JsonObject { ["type"] = "array", ["items"] = next, ["minItems"] = random.Next(2), ["maxItems"] = 1 }
            : Closed(new JsonObject { ["a"] = Scalar(), [_names[^1]] = next }, random.Next(2) == 0 ? [_names[^1]] : []);
    }

    private JsonObject Schema(int depth) => (depth == 0 ? random.Next(8) : random.Next(18)) switch
    {
        <= 7 => Scalar(),
        <= 10 => Array(depth),
        <= 14 => Object(depth),
        15 => Any(Schema(depth - 1), Schema(depth - 1), Scalar()),
        16 => Both(depth),
        _ => new JsonObject { ["oneOf"] = new JsonArray(Tagged(_names[0], depth), Tagged(_names[1], depth), Integer()) },
    };

    private JsonObject Scalar() => random.Next(10) switch
    {
        9 => Any(Text(), random.Next(2) == 0 ? Text() : new JsonObject { ["enum"] = new JsonArray(Pick(_names), Pick(_names), 1) }),
        0 => new JsonObject { ["type"] = Pick("boolean", "null") },
        1 => new JsonObject { ["const"] = Constant() },
        2 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, 3).Select(_ => (JsonNode)Whole())]) },
        3 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Constant())]) },
        4 or 5 => Integer(),
        6 => Text(),
        7 => new JsonObject { ["type"] = new JsonArray("null", "string"), ["minLength"] = 1, ["maxLength"] = 1 },
        _ => new JsonObject { ["type"] = "string", ["minLength"] = random.Next(2), ["maxLength"] = random.Next(1, _maxLength + 1) },
    };

    private JsonObject Text() => random.Next(3) == 0
        ? new JsonObject { ["type"] = "string", ["maxLength"] = random.Next(_maxLength + 1) }
        : new JsonObject { ["type"] = "string", ["pattern"] = Pick(_patterns), ["maxLength"] = random.Next(_maxLength + 1) };

    private JsonNode? Constant() => random.Next(11) switch
    {
        0 => null,
        1 => new JsonArray(1, "a"),
        2 => new JsonObject { ["a"] = 1, [_names[1]] = new JsonArray() },
        3 or 7 => Whole(),
        4 => 1.5,
        5 => random.Next(2) == 0,
        6 => "",
        _ => Pick(_names),
    };

    /// <summary>Numbers of which some begin others.</summary>
    private int Whole() => new[] { -12, -1, 1, 12, 121 }[random.Next(5)];

    private JsonObject Integer()
    {
        int low = random.Next(-12, 110);
        JsonObject schema = new()
        {
            ["type"] = "integer",
            [Pick("minimum", "exclusiveMinimum")] = low,
            [Pick("maximum", "exclusiveMaximum")] = low + random.Next(1, 30),
        };
        if (random.Next(3) == 0)
        {
            schema["multipleOf"] = random.Next(2, 8);
        }

        return schema;
    }

    private JsonObject Array(int depth)
    {
        JsonObject schema = new() { ["type"] = "array", ["items"] = random.Next(5) == 0 ? JsonValue.Create(false) : Schema(depth - 1) };
        if (random.Next(3) == 0)
        {
            schema["prefixItems"] = new JsonArray(Schema(depth - 1), Scalar());
        }

        int min = random.Next(2);
        schema["minItems"] = min;
        schema["maxItems"] = min + random.Next(3);
        return schema;
    }

    private JsonObject Object(int depth)
    {
        JsonObject properties = [];
        foreach (string name in _names.Where(_ => random.Next(_names.Length) < 2))
        {
            properties[name] = random.Next(12) == 0 ? JsonValue.Create(false) : Schema(depth - 1);
        }

        string[] required = [.. _names.Where(name => random.Next(properties.ContainsKey(name) ? 2 : 20) == 0)];
        JsonObject schema = Closed(properties, required);
        if (random.Next(2) == 0)
        {
            schema["additionalProperties"] = random.Next(2) == 0 ? new JsonObject { ["type"] = "null" } : Scalar();
            schema["propertyNames"] = random.Next(3) switch
            {
                0 => new JsonObject { ["enum"] = new JsonArray(_names[1], _names[^1], _names[0]) },
                1 => new JsonObject { ["maxLength"] = 1, ["pattern"] = Pick("^[ab]*$", "^[^a]$", "1") },
                _ => new JsonObject { ["maxLength"] = 1 },
            };
            schema["maxProperties"] = random.Next(1, 4);
        }

        if (random.Next(3) == 0)
        {
            schema["minProperties"] = random.Next(Math.Min(properties.Count + 2, 4));
            schema["maxProperties"] = random.Next(1, 4);
        }

        return schema;
    }

    /// <summary>An object and further demands on some of its members, which keep their order.</summary>
    private JsonObject Both(int depth)
    {
        JsonObject first = Object(depth);
        JsonObject narrowed = [];
        foreach (string name in first["properties"]!.AsObject().Select(property => property.Key).Where(_ => random.Next(2) == 0))
        {
            narrowed[name] = Any(Integer(), Scalar());
        }

        JsonObject second = new() { ["type"] = "object", ["properties"] = narrowed };
        if (narrowed.Count > 0 && random.Next(2) == 0)
        {
            second["required"] = new JsonArray(narrowed.First().Key);
        }

        return new JsonObject { ["allOf"] = new JsonArray(first, random.Next(2) == 0 ? second : Any(second, second.DeepClone())) };
    }

    private JsonObject Tagged(string tag, int depth)
    {
        JsonObject properties = new() { [_names[0]] = new JsonObject { ["const"] = tag }, [_names[2]] = Schema(depth - 1) };
        return Closed(properties, [_names[0]]);
    }

    private static JsonObject Closed(JsonObject properties, string[] required) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]),
        ["additionalProperties"] = false,
    };

    private static JsonObject Any(params JsonNode[] branches) => new() { ["anyOf"] = new JsonArray(branches) };

    private string Pick(params string[] from) => from[random.Next(from.Length)];
}
