using System.Text.Json.Nodes;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>
/// Every document of a small schema, written out: compact, declared members in their order and behind them the
/// additional ones, texts in every spelling their alphabet has. Recursive schemas go to a depth.
/// </summary>
internal sealed class SmallLanguage(JsonObject root, SmallAlphabet alphabet, int limit)
{
    private int _built;

    /// <summary>All documents, or null when there are more than the limit.</summary>
    public IReadOnlyCollection<string>? Documents(int depth)
    {
        try
        {
            _built = 0;
            return [.. Of(root, depth).Select(document => document.Bytes).Distinct()];
        }
        catch (OverflowException)
        {
            // Handled: this is how Count says that there are too many.
            return null;
        }
    }

    private List<SmallDocument> Of(JsonNode? schema, int depth)
    {
        if (schema is not JsonObject keywords)
        {
            return schema!.GetValue<bool>() ? throw new OverflowException("anything") : [];
        }

        List<SmallDocument> candidates;
        if (keywords["$ref"] is not null)
        {
            candidates = depth == 0 ? [] : Of(root["$defs"]!["node"], depth - 1);
        }
        else if (keywords.ContainsKey("const"))
        {
            candidates = [SmallDocument.Of(keywords["const"])];
        }
        else if (keywords["enum"] is JsonArray values)
        {
            candidates = [.. values.Select(SmallDocument.Of)];
        }
        else if ((keywords["anyOf"] ?? keywords["oneOf"]) is JsonArray branches)
        {
            candidates = [.. branches.SelectMany(branch => Of(branch, depth))];
        }
        else if (keywords["allOf"] is JsonArray parts)
        {
            candidates = Of(parts[0], depth);
        }
        else
        {
            JsonNode type = keywords["type"]!;
            candidates = [.. (type as JsonArray ?? [type.DeepClone()]).SelectMany(name => OfType(keywords, name!.GetValue<string>(), depth))];
        }

        return [.. candidates.Where(document => SmallValidator.IsValid(keywords, document, root)).Select(Count)];
    }

    private SmallDocument Count(SmallDocument document) =>
        ++_built <= limit ? document : throw new OverflowException("too many documents");

    private IEnumerable<SmallDocument> OfType(JsonObject keywords, string type, int depth) => type switch
    {
        "null" => [new SmallDocument.Word("null")],
        "boolean" => [new SmallDocument.Word("true"), new SmallDocument.Word("false")],
        "integer" => Integers(keywords),
        "string" => Texts((int)SmallValidator.Number(keywords, "maxLength", int.MaxValue))
            .Select(text => new SmallDocument.Text($"\"{text.Spelled}\"", text.Value, text.IsCanonical)),
        "array" => Lists(keywords, [], depth),
        _ => Maps(keywords, depth),
    };

    private static IEnumerable<SmallDocument> Integers(JsonObject keywords)
    {
        int low = (int)Math.Max(SmallValidator.Number(keywords, "minimum", -1_000), SmallValidator.Number(keywords, "exclusiveMinimum", -1_000));
        int high = (int)Math.Min(SmallValidator.Number(keywords, "maximum", 1_000), SmallValidator.Number(keywords, "exclusiveMaximum", 1_000));
        return Enumerable.Range(low, Math.Max(0, high - low + 1)).Select(value => SmallDocument.Of(JsonValue.Create(value)));
    }

    private List<(string Spelled, string Value, bool IsCanonical)> Texts(int maxLength)
    {
        if (maxLength > 4)
        {
            throw new OverflowException("texts without a bound");
        }

        List<(string Spelled, string Value, bool IsCanonical)> texts = [("", "", true)];
        int from = 0;
        for (int length = 1; length <= maxLength; length++)
        {
            int to = texts.Count;
            for (int shorter = from; shorter < to; shorter++)
            {
                (string spelled, string value, bool isCanonical) = texts[shorter];
                texts.AddRange(alphabet.Characters.Select(next => (spelled + next.Spelled, value + next.Character, isCanonical && next.IsCanonical)));
            }

            from = to;
        }

        return texts;
    }

    private IEnumerable<SmallDocument> Lists(JsonObject keywords, List<SmallDocument> items, int depth)
    {
        if (items.Count >= SmallValidator.Number(keywords, "minItems", 0))
        {
            yield return Count(new SmallDocument.List([.. items]));
        }

        if (items.Count >= SmallValidator.Number(keywords, "maxItems", int.MaxValue))
        {
            yield break;
        }

        JsonArray prefix = keywords["prefixItems"]?.AsArray() ?? [];
        foreach (SmallDocument item in Of(items.Count < prefix.Count ? prefix[items.Count] : keywords["items"] ?? JsonValue.Create(true), depth))
        {
            foreach (SmallDocument longer in Lists(keywords, [.. items, item], depth))
            {
                yield return longer;
            }
        }
    }

    private IEnumerable<SmallDocument> Maps(JsonObject keywords, int depth)
    {
        List<string> declared = [.. (keywords["properties"]?.AsObject() ?? []).Select(property => property.Key)];
        declared.AddRange((keywords["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()).Where(name => !declared.Contains(name)).ToList());
        if (keywords["propertyNames"]?["enum"] is JsonArray listed)
        {
            declared.AddRange(listed.Select(name => name!.GetValue<string>()).Where(name => !declared.Contains(name)).ToList());
        }

        return Declared(keywords, declared, 0, [], depth);
    }

    /// <summary>Every choice of the declared members from <paramref name="index"/> on, then of additional ones.</summary>
    private IEnumerable<SmallDocument> Declared(
        JsonObject keywords, List<string> declared, int index, List<(string Name, SmallDocument Value)> members, int depth)
    {
        if (index == declared.Count)
        {
            return Additional(keywords, declared, members, members.Count, depth);
        }

        string name = declared[index];
        IEnumerable<SmallDocument> without = Declared(keywords, declared, index + 1, members, depth);
        if (!SmallValidator.IsValidName(keywords, name, root))
        {
            return without;
        }

        JsonNode schema = SmallValidator.SchemaOf(keywords, name) ?? JsonValue.Create(true);
        return without.Concat(Of(schema, depth).SelectMany(value => Declared(keywords, declared, index + 1, [.. members, (name, value)], depth)));
    }

    private IEnumerable<SmallDocument> Additional(
        JsonObject keywords, List<string> declared, List<(string Name, SmallDocument Value)> members, int declaredCount, int depth)
    {
        // Names of additional members cannot be kept apart, so that several of them may be one.
        int distinct = declaredCount + Math.Min(1, members.Count - declaredCount);
        decimal most = SmallValidator.Number(keywords, "maxProperties", int.MaxValue);
        if (members.Count <= most && distinct >= SmallValidator.Number(keywords, "minProperties", 0))
        {
            yield return Count(new SmallDocument.Map([.. members]));
        }

        JsonNode schema = keywords["additionalProperties"] ?? JsonValue.Create(true);
        bool isClosed = (schema is JsonValue closed && !closed.GetValue<bool>()) || keywords["propertyNames"]?["enum"] is not null;
        bool isComplete = (keywords["required"]?.AsArray() ?? []).All(name => members.Any(member => member.Name == name!.GetValue<string>()));
        if (isClosed || members.Count >= most || !isComplete)
        {
            yield break;
        }

        foreach ((_, string name, _) in Texts(1).Where(text => text.IsCanonical && !declared.Contains(text.Value)))
        {
            foreach (SmallDocument value in SmallValidator.IsValidName(keywords, name, root) ? Of(schema, depth) : [])
            {
                foreach (SmallDocument longer in Additional(keywords, declared, [.. members, (name, value)], declaredCount, depth))
                {
                    yield return longer;
                }
            }
        }
    }
}
