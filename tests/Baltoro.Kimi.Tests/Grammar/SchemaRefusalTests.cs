using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>What cannot be enforced is refused with path and keyword; bombs are refused in bounded time and memory.</summary>
public class SchemaRefusalTests
{
    [Theory]
    [InlineData("""{"not":{"type":"string"}}""", "", "not")]
    [InlineData("""{"type":"object","properties":{"a":{"if":{"type":"string"},"then":{"minLength":1}}}}""", "properties.a", "if")]
    [InlineData("""{"type":"object","patternProperties":{"^x":{"type":"string"}}}""", "", "patternProperties")]
    [InlineData("""{"type":"array","items":{"type":"array","uniqueItems":true}}""", "items", "uniqueItems")]
    [InlineData("""{"type":"array","contains":{"type":"string"}}""", "", "contains")]
    [InlineData("""{"type":"object","dependentRequired":{"a":["b"]}}""", "", "dependentRequired")]
    [InlineData("""{"allOf":[{"type":"object"}],"unevaluatedProperties":false}""", "", "unevaluatedProperties")]
    [InlineData("""{"type":"string","format":"regex"}""", "", "format")]
    [InlineData("""{"type":"string","pattern":"(?=a)b"}""", "", "pattern")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "", "pattern")]
    [InlineData("""{"type":"string","pattern":"\\bword"}""", "", "pattern")]
    [InlineData("""{"type":"string","pattern":"("}""", "", "pattern")]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "", "multipleOf")]
    [InlineData("""{"type":"number","multipleOf":0}""", "", "multipleOf")]
    [InlineData("""{"type":"integer","minimum":1e30}""", "", "minimum")]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":1000000000}""", "", "minItems")]
    [InlineData("""{"type":"string","minLength":1000000000}""", "", "minLength")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":2}""", "", "minLength")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":2}""", "", "minimum")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"string","minLength":3}]}""", "", "oneOf")]
    [InlineData("""{"oneOf":[{"const":1},{"enum":[1,2]}]}""", "", "oneOf")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/missing"}}}""", "properties.a", "$ref")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "", "$ref")]
    [InlineData("""{"$ref":"#"}""", "", "$ref")]
    [InlineData("""{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""", "$defs.a", "$ref")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "", "schema")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"number"}]}""", "", "schema")]
    [InlineData("""{"type":"string","enum":["abc"],"maxLength":2}""", "", "schema")]
    [InlineData("""{"type":"strong"}""", "", "type")]
    [InlineData("""{"type":[]}""", "", "type")]
    [InlineData("""{"type":"object","properties":[]}""", "properties", "properties")]
    [InlineData("""{"type":"object","properties":{"a":3}}""", "properties.a", "schema")]
    [InlineData("""{"type":"array","items":[{"type":"string"}]}""", "", "items")]
    [InlineData("""{"enum":[]}""", "", "enum")]
    [InlineData("""{"anyOf":[]}""", "", "anyOf")]
    [InlineData("""{"type":"object","required":"a"}""", "", "required")]
    [InlineData("""{"type":"object","minProperties":3}""", "", "minProperties")]
    [InlineData("""{"type":"object","propertyNames":{"anyOf":[{"minLength":3},{"pattern":"x"}]}}""", "", "propertyNames")]
    [InlineData("""{"const":"\ud800"}""", "", "schema")]
    [InlineData("3", "", "schema")]
    public void Schema_NotEnforceable_IsRefusedByPathAndKeyword(string schema, string path, string keyword)
    {
        SchemaNotSupportedException fault = Assert.Throws<SchemaNotSupportedException>(() => Compiling.Compile(schema));
        Assert.Equal((path, keyword), (fault.Path, fault.Keyword));
        Assert.Contains($"'{keyword}'", fault.Message);
    }

    [Theory]
    [InlineData("""{"not":false}""")]
    [InlineData("""{"type":"array","uniqueItems":false,"maxItems":1000000000}""")]
    [InlineData("""{"type":"string","maxLength":1e300,"x-note":1,"examples":["a"],"$comment":"c"}""")]
    [InlineData("""{"type":"object","unevaluatedProperties":false}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","patternProperties":{}}""")]
    [InlineData("true")]
    public void Schema_KeywordsThatAssertNothing_AreAccepted(string schema) => Compiling.Compile(schema);

    public static TheoryData<string, string> Bombs()
    {
        string nested = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 40)) + "{}" + new string('}', 40);
        string doubling = Join(40, i => $"\"d{i}\":{{\"anyOf\":[{Both(i + 1, "minLength", i)},{Both(i + 1, "maxLength", 100 + i)}]}}");
        string product = Join(12, i => $"{{\"anyOf\":[{{\"minLength\":{i}}},{{\"maxLength\":{90 + i}}},{{\"pattern\":\"a\"}}]}}");
        string crossed = Join(20, i => $"{{\"type\":\"object\",\"properties\":{{\"p\":{Reference("n", i)}}}}}");
        string crossedDefinitions = Join(20, i =>
            $"\"n{i}\":{{\"anyOf\":[{{\"type\":\"null\"}},{{\"type\":\"object\",\"properties\":{{\"p\":{Reference("n", (i + 1) % 20)},\"q\":{Reference("n", i * 7 % 20)}}}}}]}}");
        return new TheoryData<string, string>
        {
            { "depth", nested },
            { "doubling references", $"{{\"$defs\":{{{doubling},\"d40\":{{\"type\":\"string\"}}}},\"$ref\":\"#/$defs/d0\"}}" },
            { "product of anyOf", $"{{\"type\":\"string\",\"allOf\":[{product}]}}" },
            { "crossed recursion", $"{{\"$defs\":{{{crossedDefinitions}}},\"allOf\":[{crossed}]}}" },
            { "nested repeats", Pattern("^((((a{1,99}){1,99}){1,99}){1,99})$") },
            { "empty repeats", Pattern("^((((){90000}){90000}){90000})b{3000}c{90000}$") },
            { "optional repeats", Pattern("^(a?){20000}$") },
            { "exponential determinization", Pattern("(a|b)*a(a|b){60}$") },
            { "deep groups", Pattern(new string('(', 900) + "a" + new string(')', 900)) },
            { "length and pattern", Pattern("^(ab|c)+$", ",\"minLength\":90000") },
            { "size", $"{{\"description\":\"{new string('x', 130_000)}\"}}" },
            { "many branches", $"{{\"anyOf\":[{Join(501, _ => "{}")}]}}" },
            { "many constants", $"{{\"enum\":[{Join(1001, i => $"{i}")}]}}" },
            { "many properties", $"{{\"properties\":{{{Join(3001, i => $"\"p{i}\":{{}}")}}}}}" },
            { "exclusive branches", $"{{\"oneOf\":[{Join(100, i => $"{{\"type\":\"array\",\"minItems\":{i},\"maxItems\":{i}}}")}]}}" },
        };
    }

    private static string Join(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));

    private static string Reference(string name, int index) => $"{{\"$ref\":\"#/$defs/{name}{index}\"}}";

    private static string Both(int reference, string keyword, int value) => $"{{\"allOf\":[{Reference("d", reference)},{{\"{keyword}\":{value}}}]}}";

    private static string Pattern(string pattern, string more = "") => $"{{\"type\":\"string\",\"pattern\":\"{pattern}\"{more}}}";

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Schema_Bomb_IsRefused(string name, string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 1000 });
        SchemaNotSupportedException fault = Assert.Throws<SchemaNotSupportedException>(() => Baltoro.Kimi.Grammar.CompiledGrammar.Compile(document.RootElement));
        Assert.True(fault.Message.Length < 500, $"{name}: the message has {fault.Message.Length} characters");
    }

    [Fact]
    public void RandomText_AsSchema_NeverThrowsAnythingElse()
    {
        var random = new Random(Support.Seeds.Next());
        string[] words = ["type", "string", "object", "properties", "items", "anyOf", "$ref", "#", "#/$defs/a", "$defs", "a", "minimum", "enum", "pattern", "(", "required", "oneOf", "additionalProperties", "format", "multipleOf"];
        for (int i = 0; i < 3000; i++)
        {
            var text = new StringBuilder();
            AppendRandom(text, random, words, 0);
            using JsonDocument document = JsonDocument.Parse(text.ToString());
            MfjsValidator.Check(document.RootElement);
            Compiling.TryCompile(text.ToString());
        }
    }

    private static void AppendRandom(StringBuilder text, Random random, string[] words, int depth)
    {
        switch (random.Next(depth > 4 ? 5 : 8))
        {
            case 0:
                text.Append(random.Next(-3, 9));
                break;
            case 1:
                text.Append(random.Next(2) == 0 ? "true" : "null");
                break;
            case 2 or 3 or 4:
                text.Append($"\"{words[random.Next(words.Length)]}\"");
                break;
            case 5:
                text.Append('[');
                AppendRandom(text, random, words, depth + 1);
                text.Append(',');
                AppendRandom(text, random, words, depth + 1);
                text.Append(']');
                break;
            default:
                text.Append('{');
                string[] keys = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => words[random.Next(words.Length)]).Distinct()];
                for (int i = 0; i < keys.Length; i++)
                {
                    text.Append($"{(i > 0 ? "," : "")}\"{keys[i]}\":");
                    AppendRandom(text, random, words, depth + 1);
                }

                text.Append('}');
                break;
        }
    }
}
