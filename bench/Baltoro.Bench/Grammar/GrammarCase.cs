namespace Baltoro.Bench.Grammar;

/// <summary>A schema and a document that satisfies it.</summary>
public sealed record GrammarCase(string Name, string Schema, string Document)
{
    public static IReadOnlyList<GrammarCase> All { get; } =
    [
        new("any object", """{"type":"object"}""", """{"title":"The quick brown fox","tags":["a","b"],"count":12,"nested":{"x":null,"y":[1.5,true]}}"""),
        new(
            "tool arguments",
            """{"type":"object","properties":{"location":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]},"days":{"type":"integer","minimum":1,"maximum":14}},"required":["location"],"additionalProperties":false}""",
            """{"location":"San Francisco, California","unit":"celsius","days":10}"""),
        new(
            "order",
            """{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"created":{"type":"string","format":"date-time"},"customer":{"type":"object","properties":{"name":{"type":"string","maxLength":80},"email":{"type":"string","format":"email"},"phone":{"type":"string","pattern":"^\\+?[0-9 ]{6,20}$"}},"required":["name","email"],"additionalProperties":false},"items":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string","pattern":"^[A-Z]{3}-[0-9]{4}$"},"count":{"type":"integer","minimum":1},"price":{"type":"number","minimum":0}},"required":["sku","count","price"],"additionalProperties":false},"minItems":1,"maxItems":50},"note":{"type":["string","null"]}},"required":["id","created","customer","items"],"additionalProperties":false}""",
            """{"id":"123e4567-e89b-12d3-a456-426614174000","created":"2024-02-29T12:30:00Z","customer":{"name":"Ada Lovelace","email":"ada@example.com"},"items":[{"sku":"ABC-1234","count":2,"price":19.99}],"note":"leave at the door"}"""),
        new(
            "recursive tree",
            """{"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["name","children"],"additionalProperties":false}""",
            """{"name":"root","children":[{"name":"left side","children":[]},{"name":"right side","children":[{"name":"leaf","children":[]}]}]}"""),
        new(
            "union of steps",
            """{"type":"object","properties":{"steps":{"type":"array","items":{"anyOf":[{"type":"object","properties":{"kind":{"const":"search"},"query":{"type":"string"}},"required":["kind","query"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"open"},"url":{"type":"string","format":"uri"}},"required":["kind","url"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"answer"},"text":{"type":"string","minLength":1,"maxLength":400}},"required":["kind","text"],"additionalProperties":false}]}}},"required":["steps"],"additionalProperties":false}""",
            """{"steps":[{"kind":"search","query":"height of Baltoro glacier"},{"kind":"open","url":"https://example.com/baltoro?q=1"},{"kind":"answer","text":"It is 63 km long."}]}"""),
    ];
}
