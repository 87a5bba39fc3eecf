using System.Text.Json;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Tests.Grammar;

public class MfjsValidatorTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"x":{}}}""", "At path 'properties.x': type is not defined")]
    [InlineData("""{"type":"object","properties":{"pair":{"type":"array","items":[{"type":"string"}]}}}""", "At path 'properties.pair.items': items must be an object")]
    [InlineData("""{"type":3}""", "At path '': type must be string or array of strings")]
    [InlineData("""{"type":[]}""", "At path '': type array cannot be empty")]
    [InlineData("""{"type":[1]}""", "At path '': invalid type in type array")]
    [InlineData("""{"type":["string","string"]}""", "At path '': duplicate types in type array")]
    [InlineData("""{"type":"text"}""", "At path '': invalid type value")]
    [InlineData("""{"type":"object","properties":[]}""", "At path '': properties must be an object")]
    [InlineData("""{"type":"object","properties":{"":{"type":"string"}}}""", "At path '': property name cannot be empty")]
    [InlineData("""{"type":"object","properties":{"a":1}}""", "At path '': property schema for 'a' must be an object")]
    [InlineData("""{"type":"object","properties":{"anyOf":{"type":"string"}}}""", "At path '': property name 'anyOf' is reserved for JSON Schema keywords")]
    [InlineData("""{"type":"object","properties":{},"required":"a"}""", "At path '': required must be an array")]
    [InlineData("""{"type":"object","properties":{},"required":[1]}""", "At path '': items in required array must be strings")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"required":["a","a"]}""", "At path '': duplicate items in required array: a")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"required":["b"]}""", "At path '': required property 'b' is not defined in properties")]
    [InlineData("""{"type":"object","required":["b"]}""", "At path '': required specified but 'properties' keyword is missing")]
    [InlineData("""{"type":"string","enum":"a"}""", "At path '': enum must be an array")]
    [InlineData("""{"type":"string","enum":[]}""", "At path '': enum array cannot be empty")]
    [InlineData("""{"type":"string","enum":["a",1]}""", "At path '': enum value (1) does not match any type in [string]")]
    [InlineData("""{"$ref":"other.json"}""", "At path '': references must start with #/$defs/")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "At path '': invalid $ref path: #/$defs/a")]
    [InlineData("""{"$defs":{"a":{"type":"null"}},"$ref":"#/$defs/a","type":"null"}""", "At path '': when using $ref, type should be defined in the referenced schema instead of the parent schema")]
    [InlineData("""{"$defs":{"a":{"type":"null"}},"$ref":"#/$defs/a","enum":[null]}""", "At path '': keyword 'enum' is not allowed at the same level as $ref")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/a"}},"type":"object"}""", "At path '': detected infinite recursion without termination condition")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "At path '': detected infinite recursion without termination condition")]
    [InlineData("""{"anyOf":3}""", "At path '': anyOf must be an array")]
    [InlineData("""{"anyOf":[]}""", "At path '': anyOf must have 1-500 items")]
    [InlineData("""{"anyOf":[{"type":"null"}],"type":"null"}""", "At path '': when using anyOf, type should be defined in anyOf items instead of the parent schema")]
    [InlineData("""{"anyOf":[{"type":"null"}],"minimum":1}""", "At path '': keyword 'minimum' is not allowed at the same level as anyOf")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"object","properties":{"b":{}}}]}}}""", "At path 'properties.a.anyOf.properties.b': type is not defined")]
    [InlineData("""{"type":"object","additionalProperties":3}""", "At path '': additionalProperties must be a boolean or an object")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":2}""", "At path '': minimum (5) cannot be greater than maximum (2)")]
    [InlineData("""{"type":"string","minLength":-1}""", "At path '': minLength must be non-negative")]
    [InlineData("""{"type":"object","minLength":1}""", "At path '': invalid keywords: minLength")]
    [InlineData("""{"type":"array","items":{"type":"string","$id":"x"}}""", "At path 'items': keyword $id must be at root level")]
    [InlineData("[]", "At path '': schema must be a dict")]
    public void Schema_WithFault_GivesThePlatformsText(string schema, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        Assert.Equal(expected, MfjsValidator.Check(document.RootElement));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"type":"object","additionalProperties":{}}""")]
    [InlineData("""{"type":"string","format":"email","oneOf":[]}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}""")]
    public void Schema_AtStrictLevel_MayHoldUnknownKeywords(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        Assert.Null(MfjsValidator.Check(document.RootElement));
    }

    [Fact]
    public void Schema_AtUltraLevel_MayNot()
    {
        using JsonDocument document = JsonDocument.Parse("""{"type":"object","properties":{"a":{"type":"string","format":"email","oneOf":[]}}}""");
        Assert.Equal("At path 'properties.a': unsupported keywords: format, oneOf", MfjsValidator.Check(document.RootElement, MfjsLevel.Ultra));
    }

    [Fact]
    public void Schema_TooDeepOrTooLarge_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 31)) + """{"type":"null"}""" + new string('}', 31);
        using JsonDocument nested = JsonDocument.Parse(deep);
        Assert.EndsWith("schema depth exceeds maximum limit of 30", MfjsValidator.Check(nested.RootElement));
        using JsonDocument large = JsonDocument.Parse($$"""{"type":"object","description":"{{new string('x', 120_001)}}"}""");
        Assert.Equal("At path '': schema exceeds maximum allowed size", MfjsValidator.Check(large.RootElement));
    }
}
