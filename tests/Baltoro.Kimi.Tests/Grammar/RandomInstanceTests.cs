using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Kimi.Grammar;
using CsCheck;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>The reverse direction: what Ajv accepts, written compactly in declared order, the automaton accepts; and what it refuses, too.</summary>
[Collection(nameof(GrammarCollection))]
public class RandomInstanceTests(AjvOracle oracle, ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Instance_AjvAccepts_IsAccepted()
    {
        oracle.Require();
        int valid = 0;
        int invalid = 0;
        int narrower = 0;
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                string schema = new RandomSchemas(random).Next();
                if (Compiling.TryCompile(schema) is not { } grammar)
                {
                    return;
                }

                oracle.SetSchema(schema);
                var instances = new RandomInstances(random, JsonNode.Parse(schema)!.AsObject());
                for (int i = 0; i < 8; i++)
                {
                    string document = Write(instances.Next());
                    bool expected = oracle.IsValid(document, out string error);
                    bool accepted = Compiling.Accepts(grammar, document);
                    if (expected && !accepted && (schema.Contains("\"anyOf\"") || schema.Contains("\"minProperties\"")))
                    {
                        // Made for one branch, valid under another whose properties have another order; or additional
                        // properties count more than once towards the minimum, which the grammar does not allow.
                        narrower++;
                        continue;
                    }

                    Assert.True(
                        expected == accepted,
                        $"seed {seed}\nschema {schema}\ndocument {document}\najv says {expected} {error}");
                    valid += expected ? 1 : 0;
                    invalid += expected ? 0 : 1;
                }
            },
            iter: Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 5000 : 300,
            threads: 1);
        output.WriteLine($"{valid} valid and {invalid} invalid instances, {narrower} refused by design");
        Assert.True(narrower < valid / 50, $"{narrower} of {valid} instances were refused by design");
        Assert.True(valid > 100 && invalid > 100, $"{valid} valid and {invalid} invalid instances are too few");
    }

    /// <summary>As ECMAScript writes it: no escapes but the necessary ones, in lower case.</summary>
    private static string Write(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray array => $"[{string.Join(',', array.Select(Write))}]",
        JsonObject all => $"{{{string.Join(',', all.Select(property => $"{Quote(property.Key)}:{Write(property.Value)}"))}}}",
        _ when node.GetValueKind() == JsonValueKind.String => Quote(node.GetValue<string>()),
        _ => node.ToJsonString(Compact),
    };

    private static string Quote(string text)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        Baltoro.Kimi.Schema.JsonValues.WriteStringContent(text, bytes);
        return $"\"{System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan)}\"";
    }
}
