using System.Globalization;
using System.Text.Json.Nodes;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>A JSON value together with the very bytes it is written with (one character per byte).</summary>
internal abstract record SmallDocument(string Bytes)
{
    /// <summary>true, false or null.</summary>
    public sealed record Word(string Bytes) : SmallDocument(Bytes);

    public sealed record Number(string Bytes, decimal Value) : SmallDocument(Bytes);

    public sealed record Text(string Bytes, string Value, bool IsCanonical) : SmallDocument(Bytes);

    public sealed record List(IReadOnlyList<SmallDocument> Items)
        : SmallDocument($"[{string.Join(',', Items.Select(item => item.Bytes))}]");

    public sealed record Map(IReadOnlyList<(string Name, SmallDocument Value)> Members)
        : SmallDocument($"{{{string.Join(',', Members.Select(member => $"\"{SmallAlphabet.Canonical(member.Name)}\":{member.Value.Bytes}"))}}}");

    /// <summary>A constant of a schema in canonical spelling.</summary>
    public static SmallDocument Of(JsonNode? node) => node switch
    {
        null => new Word("null"),
        JsonArray items => new List([.. items.Select(Of)]),
        JsonObject members => new Map([.. members.Select(member => (member.Key, Of(member.Value)))]),
        JsonValue value when value.TryGetValue(out bool truth) => new Word(truth ? "true" : "false"),
        JsonValue value when value.TryGetValue(out string? text) => new Text($"\"{SmallAlphabet.Canonical(text)}\"", text, true),
        _ => new Number(node.ToJsonString(), decimal.Parse(node.ToJsonString(), CultureInfo.InvariantCulture)),
    };
}
