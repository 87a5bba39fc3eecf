using System.Text.Json.Nodes;

namespace Baltoro.EndToEnd.Tests;

/// <summary>
/// The same request and seed, whole and streamed, give the same message of every choice: thoughts, content, calls with
/// their ids, log probabilities, finish, and the same token counts. In the stream a call is named once and never empty.
/// </summary>
public class StreamedMessageTests
{
    private const string Tool = """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string","maxLength":12},"unit":{"enum":["c","f"]}},"required":["city","unit"],"additionalProperties":false}}}""";
    private const string Format = """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"city":{"type":"string","maxLength":8},"n":{"type":"integer","minimum":0,"maximum":99}},"required":["city","n"],"additionalProperties":false}}}""";

    [Fact]
    public async Task Message_WholeAndStreamed_IsTheSame()
    {
        string[] requests =
        [
            "\"model\":\"kimi-k2-5\",\"n\":3,\"logprobs\":true,\"top_logprobs\":2",
            "\"model\":\"kimi-k2-5-thinking\"",
            $"\"model\":\"kimi-k2-5-thinking\",\"n\":2,\"tools\":[{Tool}],\"tool_choice\":\"required\"",
            $"\"model\":\"kimi-k2-5\",\"n\":2,\"tools\":[{Tool}]",
            $"\"model\":\"kimi-k2-5\",\"n\":2,\"logprobs\":true,\"top_logprobs\":1,\"response_format\":{Format}",
            "\"model\":\"kimi-k2-5\",\"n\":4,\"stop\":[\" a\",\"e \",\".\"],\"logprobs\":true",
            "\"model\":\"kimi-k2.5\",\"temperature\":1",
        ];
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        foreach (string request in requests)
        {
            for (int seed = 1; seed <= 3; seed++)
            {
                string temperature = request.Contains("temperature", StringComparison.Ordinal) ? "" : "\"temperature\":1.1,";
                string body = $"{{{request},{temperature}\"seed\":{seed},\"max_tokens\":60,\"messages\":[{{\"role\":\"user\",\"content\":\"What is the weather in Paris?\"}}]";
                JsonObject whole = await WholeAsync(server, body + "}");
                JsonObject streamed = await StreamedAsync(server, body + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
                Assert.True(JsonNode.DeepEquals(whole, streamed), $"{body}\nwhole    {whole.ToJsonString()}\nstreamed {streamed.ToJsonString()}");
            }
        }
    }

    private static async Task<JsonObject> WholeAsync(EmbeddedServer server, string body)
    {
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseContentRead, default);
        JsonNode reply = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True(response.IsSuccessStatusCode, reply.ToJsonString());
        JsonArray choices = [];
        foreach (JsonNode? choice in reply["choices"]!.AsArray())
        {
            JsonNode message = choice!["message"]!;
            choices.Add(new JsonObject
            {
                ["content"] = message["content"]!.DeepClone(),
                ["reasoning"] = message["reasoning_content"]?.DeepClone() ?? "",
                ["calls"] = message["tool_calls"]?.DeepClone() ?? new JsonArray(),
                ["logprobs"] = choice["logprobs"]?["content"]?.DeepClone() ?? new JsonArray(),
                ["finish"] = choice["finish_reason"]!.DeepClone(),
            });
        }

        return Told(choices, reply["usage"]!);
    }

    private static async Task<JsonObject> StreamedAsync(EmbeddedServer server, string body)
    {
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseContentRead, default);
        SortedDictionary<int, JsonObject> choices = [];
        JsonNode? usage = null;
        foreach (string line in (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            JsonNode chunk = JsonNode.Parse(line[6..])!;
            usage = chunk["usage"] ?? usage;
            foreach (JsonNode? piece in chunk["choices"]!.AsArray())
            {
                int index = piece!["index"]!.GetValue<int>();
                if (!choices.TryGetValue(index, out JsonObject? choice))
                {
                    choices.Add(index, choice = new JsonObject { ["content"] = "", ["reasoning"] = "", ["calls"] = new JsonArray(), ["logprobs"] = new JsonArray() });
                }

                Add(choice, piece);
            }
        }

        return Told([.. choices.Values], usage!);
    }

    private static void Add(JsonObject choice, JsonNode piece)
    {
        JsonNode delta = piece["delta"]!;
        string reasoning = delta["reasoning_content"]?.GetValue<string>() ?? "";
        Assert.True(reasoning.Length == 0 || choice["content"]!.GetValue<string>().Length == 0, "reasoning behind content");
        choice["reasoning"] = choice["reasoning"]!.GetValue<string>() + reasoning;
        choice["content"] = choice["content"]!.GetValue<string>() + (delta["content"]?.GetValue<string>() ?? "");
        foreach (JsonNode? call in delta["tool_calls"]?.AsArray() ?? [])
        {
            JsonArray calls = choice["calls"]!.AsArray();
            if (call!["id"] is not null)
            {
                Assert.Equal(calls.Count, call["index"]!.GetValue<int>());
                calls.Add(call.DeepClone());
                continue;
            }

            Assert.Null(call["type"]);
            Assert.Null(call["function"]!["name"]);
            Assert.NotEqual("", call["function"]!["arguments"]!.GetValue<string>());
            JsonNode function = calls[call["index"]!.GetValue<int>()]!["function"]!;
            function["arguments"] = function["arguments"]!.GetValue<string>() + call["function"]!["arguments"]!.GetValue<string>();
        }

        foreach (JsonNode? entry in piece["logprobs"]?["content"]?.AsArray() ?? [])
        {
            choice["logprobs"]!.AsArray().Add(entry!.DeepClone());
        }

        choice["finish"] = piece["finish_reason"]?.DeepClone() ?? choice["finish"]?.DeepClone();
    }

    /// <summary>Cached prompt tokens differ by design: the second request finds the first one's.</summary>
    private static JsonObject Told(JsonArray choices, JsonNode usage) => new()
    {
        ["choices"] = choices,
        ["usage"] = new JsonArray(usage["prompt_tokens"]!.DeepClone(), usage["completion_tokens"]!.DeepClone(), usage["completion_tokens_details"]!.DeepClone()),
    };
}
