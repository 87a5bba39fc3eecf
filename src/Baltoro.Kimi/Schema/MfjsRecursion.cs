using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>
/// Whether every definition has a finite value: the least fixed point over the references between definitions, with a
/// work list, so that long chains cost no more than their references.
/// </summary>
internal sealed class MfjsRecursion
{
    private readonly HashSet<string> _finite = [];
    private readonly Dictionary<string, HashSet<string>> _users = [];

    /// <summary>Requires a schema whose form was checked.</summary>
    public static bool Terminates(JsonElement root)
    {
        var places = new Dictionary<string, JsonElement> { ["#"] = root };
        if (root.TryGetProperty("$defs", out JsonElement definitions))
        {
            foreach (JsonProperty definition in definitions.EnumerateObject())
            {
                places[$"#/$defs/{definition.Name}"] = definition.Value;
            }
        }

        var search = new MfjsRecursion();
        var open = new Queue<string>(places.Keys);
        foreach ((string place, JsonElement schema) in places)
        {
            search.NoteReferences(place, schema);
        }

        while (open.TryDequeue(out string? place))
        {
            if (!search._finite.Contains(place) && search.IsFinite(places[place]))
            {
                search._finite.Add(place);
                foreach (string user in search._users.GetValueOrDefault(place) ?? [])
                {
                    open.Enqueue(user);
                }
            }
        }

        return search._finite.Count == places.Count;
    }

    private void NoteReferences(string place, JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in schema.EnumerateArray())
            {
                NoteReferences(place, item);
            }
        }
        else if (schema.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty keyword in schema.EnumerateObject())
            {
                if (keyword is { Name: "$ref", Value.ValueKind: JsonValueKind.String } && keyword.Value.GetString() is { } target)
                {
                    if (!_users.TryGetValue(target, out HashSet<string>? users))
                    {
                        _users.Add(target, users = []);
                    }

                    users.Add(place);
                }
                else if (keyword.Name != "$defs")
                {
                    NoteReferences(place, keyword.Value);
                }
            }
        }
    }

    private bool IsFinite(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return _finite.Contains(reference.GetString() ?? "");
        }

        if (schema.TryGetProperty("anyOf", out JsonElement branches))
        {
            return branches.EnumerateArray().Any(IsFinite);
        }

        if (!schema.TryGetProperty("type", out JsonElement type) || type.ValueKind == JsonValueKind.Array)
        {
            // A list of types: one of them alone is enough only if it is finite; scalars always are.
            return type.ValueKind != JsonValueKind.Array || type.EnumerateArray().Any(item => IsFinite(schema, item.GetString() ?? ""));
        }

        return IsFinite(schema, type.GetString() ?? "");
    }

    private bool IsFinite(JsonElement schema, string type) => type switch
    {
        "array" => !schema.TryGetProperty("items", out JsonElement items)
            || !schema.TryGetProperty("minItems", out JsonElement min)
            || min.GetDouble() < 1
            || IsFinite(items),
        "object" => !schema.TryGetProperty("required", out JsonElement required)
            || required.EnumerateArray().All(name => IsFinite(schema.GetProperty("properties").GetProperty(name.GetString() ?? ""))),
        _ => true,
    };
}
