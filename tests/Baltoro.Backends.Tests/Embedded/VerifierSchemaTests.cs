using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Backends.Embedded;
using Baltoro.Backends.Tests.Support;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tests.Grammar;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>
/// The vendor verifier's check of tool schemas: every valid schema as the one property of a strict tool that must be called.
/// Random logits answer, a standard validator judges.
/// </summary>
public class VerifierSchemaTests(AjvOracle oracle) : IClassFixture<AjvOracle>
{
    [Fact]
    public async Task Required_EverySchemaOfTheCorpus_GivesArgumentsThatValidate()
    {
        oracle.Require();
        string[] schemas = File.ReadAllLines(TestPaths.Data("grammar", "mfjs-schemas.jsonl"));
        await using EmbeddedBackend backend = RandomBackend.Open(77);
        int complete = 0;
        for (int i = 0; i < schemas.Length; i++)
        {
            string schema = Wrap(schemas[i]);
            ChatRequest request = Chat.Request(false, Chat.User("Go")) with
            {
                Tools = [new ToolDefinition("kvv_walle_case", null, JsonElement.Parse(schema), true)],
                ToolChoice = ToolChoice.Required,
                ParallelToolCalls = false,
                MaxCompletionTokens = 2_048,
                Sampling = new SamplingSettings { Seed = i },
            };
            RandomAnswer answer = await RandomBackend.AskAsync(backend, request);
            if (answer.Finish == ChatFinishReason.Length)
            {
                continue;
            }

            complete++;
            Assert.Equal(ChatFinishReason.ToolCalls, answer.Finish);
            oracle.SetSchema(schema);
            string arguments = Assert.Single(answer.Calls).Arguments;
            Assert.True(oracle.IsValid(arguments, out string error), $"schema {i} {schema}: {arguments}: {error}");
        }

        Assert.InRange(complete, schemas.Length * 9 / 10, schemas.Length);
    }

    /// <summary>Definitions move to the root, where references look for them.</summary>
    private static string Wrap(string schema)
    {
        JsonObject inner = JsonNode.Parse(schema)?.AsObject() ?? throw new InvalidOperationException(schema);
        JsonObject outer = new() { ["type"] = "object", ["additionalProperties"] = false };
        if (inner["$defs"] is { } definitions)
        {
            inner.Remove("$defs");
            outer["$defs"] = definitions;
        }

        inner.Remove("$id");
        outer["properties"] = new JsonObject { ["value"] = inner };
        outer["required"] = new JsonArray("value");
        return outer.ToJsonString();
    }
}
