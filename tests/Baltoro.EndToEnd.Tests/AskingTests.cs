using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baltoro.EndToEnd.Tests;

/// <summary>Tools, formats and counts over HTTP on the embedded weights: streamed and whole agree, and promises hold.</summary>
public class AskingTests
{
    private const string Tool =
        """{"type":"function","function":{"name":"get_weather","description":"Weather of a city.","parameters":{"type":"object","properties":{"city":{"type":"string","maxLength":12},"unit":{"enum":["c","f"]}},"required":["city","unit"],"additionalProperties":false},"strict":true}}""";

    [Theory]
    [InlineData("kimi-k2-5", "\"tool_choice\":\"required\"")]
    [InlineData("kimi-k2-5-thinking", "\"tool_choice\":\"auto\"")]
    [InlineData("kimi-k2-5-thinking", "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}")]
    [InlineData("kimi-k2-5-thinking", "\"tool_choice\":\"none\",\"response_format\":{\"type\":\"json_object\"}")]
    public async Task SameSeed_StreamedAndWhole_GiveTheSameMessage(string model, string more)
    {
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        string body = $$"""{"model":"{{model}}","seed":11,"max_tokens":200,"tools":[{{Tool}}],"messages":[{"role":"user","content":"What is the weather in Paris?"}],{{more}}""";
        JsonElement whole = await PostAsync(server, "/v1/chat/completions", body + "}");
        JsonNode streamed = await StreamedAsync(server, body + ",\"stream\":true}");
        JsonElement choice = whole.GetProperty("choices")[0];
        Assert.Equal(choice.GetProperty("finish_reason").GetString(), (string?)streamed["finish_reason"]);
        JsonElement message = choice.GetProperty("message");
        Assert.Equal(message.GetProperty("content").GetString(), (string?)streamed["content"]);
        Assert.Equal(message.TryGetProperty("reasoning_content", out JsonElement reasoning) ? reasoning.GetString() : "", (string?)streamed["reasoning"]);
        Assert.Equal(message.TryGetProperty("tool_calls", out JsonElement calls) ? calls.GetRawText() : "[]", streamed["tool_calls"]!.ToJsonString(Relaxed)); // Set by StreamedAsync.
        JsonElement estimate = await PostAsync(server, "/v1/tokenizers/estimate-token-count", body + "}");
        Assert.Equal(
            whole.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), estimate.GetProperty("data").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task ToolLoop_WithThinking_KeepsIdsAndCountsOn()
    {
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "What is the weather in Paris?" }];
        for (int step = 0; step < 3; step++)
        {
            JsonObject body = new()
            {
                ["model"] = "kimi-k2-5-thinking",
                ["seed"] = 3,
                ["max_tokens"] = 300,
                ["tools"] = new JsonArray(JsonNode.Parse(Tool)),
                ["tool_choice"] = "required",
                ["parallel_tool_calls"] = false,
                ["messages"] = messages.DeepClone(),
            };
            JsonElement choice = (await PostAsync(server, "/v1/chat/completions", body.ToJsonString())).GetProperty("choices")[0];
            Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
            JsonElement call = Assert.Single(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray());
            Assert.Equal($"get_weather:{step}", call.GetProperty("id").GetString());
            JsonElement arguments = JsonElement.Parse(call.GetProperty("function").GetProperty("arguments").GetString() ?? "");
            Assert.Contains(arguments.GetProperty("unit").GetString(), (string[])["c", "f"]);
            messages.Add(JsonNode.Parse(choice.GetProperty("message").GetRawText()));
            messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call.GetProperty("id").GetString(), ["content"] = "18" });
        }
    }

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<JsonElement> PostAsync(EmbeddedServer server, string path, string body)
    {
        using HttpResponseMessage response = await server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    /// <summary>Puts a stream together as clients do: content, reasoning, calls by index, the last finish.</summary>
    private static async Task<JsonNode> StreamedAsync(EmbeddedServer server, string body)
    {
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseContentRead, default);
        StringBuilder content = new();
        StringBuilder reasoning = new();
        JsonArray calls = [];
        string? finish = null;
        foreach (string line in (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            foreach (JsonNode? choice in JsonNode.Parse(line[6..])?["choices"]?.AsArray() ?? [])
            {
                JsonNode? delta = choice?["delta"];
                finish = (string?)choice?["finish_reason"] ?? finish;
                content.Append((string?)delta?["content"]);
                reasoning.Append((string?)delta?["reasoning_content"]);
                foreach (JsonNode? call in delta?["tool_calls"]?.AsArray() ?? [])
                {
                    Join(calls, call);
                }
            }
        }

        return new JsonObject { ["content"] = content.ToString(), ["reasoning"] = reasoning.ToString(), ["tool_calls"] = calls, ["finish_reason"] = finish };
    }

    private static void Join(JsonArray calls, JsonNode? piece)
    {
        int index = (int?)piece?["index"] ?? -1;
        if (index == calls.Count)
        {
            calls.Add(piece?.DeepClone());
            return;
        }

        Assert.Null(piece?["id"]);
        Assert.Null(piece?["function"]?["name"]);
        JsonNode function = calls[index]?["function"] ?? throw new InvalidOperationException("a call without its beginning");
        function["arguments"] = (string?)function["arguments"] + (string?)piece?["function"]?["arguments"];
    }
}
