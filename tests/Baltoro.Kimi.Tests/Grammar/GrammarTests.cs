using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Grammar;

namespace Baltoro.Kimi.Tests.Grammar;

public class GrammarTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", """{"a":[1,{"b":null}],"c":"x\u0041"}""", true)]
    [InlineData("""{"type":"object"}""", """{"a": 1}""", false)]
    [InlineData("""{"type":"object"}""", "[1]", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""", """{"b":"x","c":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""", """{"b":"x","a":1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""", """{"\u0061":"x"}""", false)]
    [InlineData("""{"type":"object","properties":{"a":false}}""", """{"a":1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":false}}""", """{"ab":1}""", true)]
    [InlineData("""{"type":"object","required":["z"],"additionalProperties":{"type":"integer"}}""", """{"z":1,"y":2}""", true)]
    [InlineData("""{"type":"object","required":["z"],"additionalProperties":{"type":"integer"}}""", """{"y":2}""", false)]
    [InlineData("""{"type":"object","propertyNames":{"enum":["x","y"]},"additionalProperties":{"type":"null"}}""", """{"y":null}""", true)]
    [InlineData("""{"type":"object","propertyNames":{"enum":["x","y"]}}""", """{"z":null}""", false)]
    [InlineData("""{"type":"object","propertyNames":{"maxLength":2}}""", """{"abc":null}""", false)]
    [InlineData("""{"type":"object","minProperties":1,"maxProperties":2}""", "{}", false)]
    [InlineData("""{"type":"object","minProperties":1,"maxProperties":2}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"type":"object","minProperties":1,"maxProperties":2}""", """{"a":1,"b":2,"c":3}""", false)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", """["a",1]""", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", """["a",1,2]""", false)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", """["a"]""", true)]
    [InlineData("""{"type":"array","maxItems":1000000000}""", "[1,2,3]", true)]
    [InlineData("""{"enum":[{"b":1,"a":[true,"é"]},"x"]}""", """{"b":1,"a":[true,"é"]}""", true)]
    [InlineData("""{"const":1.0}""", "1", true)]
    [InlineData("""{"anyOf":[{"const":1},{"const":12},{"type":"null"}]}""", "12", true)]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"string"}]}""", "\"a\"", true)]
    [InlineData("""{"type":"object","properties":{"k":{"enum":["a","b"]}},"required":["k"],"oneOf":[{"properties":{"k":{"const":"a"},"x":{"type":"null"}}},{"properties":{"k":{"const":"b"}}}]}""", """{"k":"a","x":null}""", true)]
    [InlineData("""{"type":"object","properties":{"k":{"enum":["a","b"]}},"required":["k"],"anyOf":[{"properties":{"k":{"const":"a"},"x":{"type":"null"}}},{"properties":{"k":{"const":"b"}}}]}""", """{"k":"a","x":1}""", false)]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"maximum":5},"b":{"type":"null"}}}]}""", """{"a":5,"b":null}""", true)]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"maximum":5}}}]}""", """{"a":6}""", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"日本\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"\\u0061\\ud83d\\ude00\\n\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"😀\"", false)]
    [InlineData("""{"type":"string","pattern":"^\\n$"}""", "\"\\n\"", true)]
    [InlineData("""{"type":["string","null"]}""", "null", true)]
    [InlineData("true", "[[[]]]", true)]
    public void Document_UnderSchema_IsAcceptedOrNot(string schema, string document, bool expected) =>
        Assert.Equal(expected, Compiling.Accepts(schema, document));

    [Fact]
    public void Nesting_OfFreeDocuments_StopsWhereParsersDo()
    {
        CompiledGrammar grammar = Compiling.Compile("""{"type":"array"}""");
        Assert.True(Compiling.Accepts(grammar, new string('[', 60) + new string(']', 60)));
        Assert.False(Compiling.Accepts(grammar, new string('[', 61) + new string(']', 61)));
    }

    [Fact]
    public void Nesting_OfRecursiveSchema_CanAlwaysBeCompleted()
    {
        CompiledGrammar grammar = Compiling.Compile("""
            {"type":"object","properties":{"n":{"anyOf":[{"$ref":"#"},{"type":"array","items":{"type":"array"},"minItems":1}]},"o":{"$ref":"#"}},"required":["n"],"additionalProperties":false}
            """);
        var matcher = new GrammarMatcher(grammar, Vocabularies.Small);
        int depth = 0;
        while (matcher.TryAccept("{\"n\":{"u8[..6]))
        {
            Assert.True(++depth < 100);
            if (!matcher.TryAccept("\"n\":"u8))
            {
                break;
            }
        }

        var mask = new ulong[Vocabularies.Small.WordCount];
        matcher.FillMask(mask);
        Assert.Contains(mask, word => word != 0);
    }

    [Fact]
    public void ForcedBytes_OfRequiredNames_RunToTheFirstChoice()
    {
        var matcher = new GrammarMatcher(
            Compiling.Compile("""{"type":"object","properties":{"location":{"type":"string"},"unit":{"const":"celsius"}},"required":["location","unit"],"additionalProperties":false}"""),
            Vocabularies.Small);
        Assert.Equal("{\"location\":\"", Encoding.UTF8.GetString(matcher.ForcedBytes()));
        Assert.False(matcher.ForcedToTheEnd);
        Assert.True(matcher.TryAccept("{\"location\":\"x\""u8));
        Assert.Equal(",\"unit\":\"celsius\"}", Encoding.UTF8.GetString(matcher.ForcedBytes()));
        Assert.True(matcher.ForcedToTheEnd);
        Assert.True(matcher.TryAccept(",\"unit\":\"celsius\"}"u8));
        Assert.True(matcher.IsFinished);
    }

    [Fact]
    public void Refusal_OfBytes_LeavesTheMatcherAsItWas()
    {
        var matcher = new GrammarMatcher(Compiling.Compile("""{"type":"array","items":{"type":"integer"}}"""), Vocabularies.Small);
        Assert.True(matcher.TryAccept("[1,2"u8));
        Assert.False(matcher.TryAccept(",3,x"u8));
        Assert.True(matcher.TryAccept("5]"u8));
        Assert.True(matcher.IsFinished);
    }

    [Fact]
    public void Cache_KeepsTenantsApartAndItsBounds()
    {
        var cache = new GrammarCache(maxEntries: 3);
        using JsonDocument schema = JsonDocument.Parse("""{"type":"string"}""");
        CompiledGrammar first = cache.GetOrCompile("a", schema.RootElement);
        Assert.Same(first, cache.GetOrCompile("a", schema.RootElement));
        Assert.NotSame(first, cache.GetOrCompile("b", schema.RootElement));
        for (int i = 0; i < 10; i++)
        {
            using JsonDocument other = JsonDocument.Parse($$"""{"type":"string","maxLength":{{i}}}""");
            cache.GetOrCompile("a", other.RootElement);
            Assert.True(cache.Count <= 3);
        }
    }
}
