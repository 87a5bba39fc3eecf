using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Routes;

/// <summary>Raw completions and exact token counts.</summary>
public class CompletionsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Completion_OnePrompt_HasTheOldShape()
    {
        server.Backend.Script = null;
        JsonElement reply = await AnswerAsync("""{"model":"kimi-k2-5","prompt":"Once","echo":true}""");

        Assert.Equal(["id", "object", "created", "model", "system_fingerprint", "choices", "usage"], reply.EnumerateObject().Select(member => member.Name));
        Assert.Equal("text_completion", reply.GetProperty("object").GetString());
        Assert.Equal("""[{"index":0,"text":"OnceHello.","logprobs":null,"finish_reason":"stop"}]""", reply.GetProperty("choices").GetRawText());
        ChatRequest request = server.Backend.Requests.Last();
        Assert.Equal(new RawPrompt.Text("Once"), request.Raw);
        Assert.Equal(16, request.MaxCompletionTokens);
    }

    [Fact]
    public async Task Completion_BatchOfIdsWithSeveralChoices_CountsThrough()
    {
        server.Backend.Script = null;
        int before = server.Settlement.Count;
        JsonElement reply = await AnswerAsync("""{"model":"kimi-k2-5","prompt":[[1,2],[3]],"n":2,"max_tokens":4}""");

        Assert.Equal([0, 1, 2, 3], reply.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(24, reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(8, reply.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        ChatRequest[] requests = [.. server.Backend.Requests.TakeLast(2)];
        Assert.Equal([1, 2], Assert.IsType<RawPrompt.Ids>(requests[0].Raw).Values);
        Assert.NotEqual(requests[0].RequestId, requests[1].RequestId);
        Assert.Equal(before + 1, server.Settlement.Count);
    }

    [Theory]
    [InlineData("", """{"index":0,"text":"Once","logprobs":null,"finish_reason":"length"}""")]
    [InlineData(",\"stream\":true", "Once")]
    public async Task Completion_EchoWithoutTokens_IsThePromptAndCountsNone(string more, string expected)
    {
        server.Backend.Script = null;
        using HttpResponseMessage response = await PostAsync(
            "/v1/completions",
            $$"""{"model":"kimi-k2-5","prompt":"Once","echo":true,"max_tokens":0,"stream_options":{"include_usage":true}{{more}}}""");
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Contains("\"prompt_tokens\":12", text, StringComparison.Ordinal);
        Assert.Contains("\"completion_tokens\":0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("lo.", text, StringComparison.Ordinal);
        Assert.Equal(1, server.Backend.Requests.Last().MaxCompletionTokens);
    }

    [Fact]
    public async Task Completion_Logprobs_AreParallelListsWithOffsets()
    {
        TokenLogprob a = new("ab"u8.ToArray(), -0.5, [new TokenLogprob("ab"u8.ToArray(), -0.5, [])]);
        TokenLogprob b = new("c"u8.ToArray(), -1, [new TokenLogprob("d"u8.ToArray(), -0.25, [])]);
        server.Backend.Play(
            new ChatEvent.TextDelta(0, "ab", [a]),
            new ChatEvent.TextDelta(0, "c", [b]),
            new ChatEvent.Finish(0, ChatFinishReason.Length),
            new ChatEvent.Usage(new ChatUsage(1, 0, 2, 0)));
        JsonElement reply = await AnswerAsync("""{"model":"kimi-k2-5","prompt":"x","logprobs":1}""");

        Assert.Equal(
            """{"tokens":["ab","c"],"token_logprobs":[-0.5,-1],"top_logprobs":[{"ab":-0.5},{"d":-0.25}],"text_offset":[0,2]}""",
            reply.GetProperty("choices")[0].GetProperty("logprobs").GetRawText());
        Assert.Equal("length", reply.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Completion_EchoWithLogprobs_BeginsWithThePrompts()
    {
        TokenLogprob first = new("x"u8.ToArray(), double.NaN, []);
        TokenLogprob second = new("y"u8.ToArray(), -2, [new TokenLogprob("z"u8.ToArray(), -0.5, [])]);
        server.Backend.Play(
            new ChatEvent.PromptTokens(0, [first, second]),
            new ChatEvent.TextDelta(0, "c", [new TokenLogprob("c"u8.ToArray(), -1, [])]),
            new ChatEvent.Finish(0, ChatFinishReason.Length),
            new ChatEvent.Usage(new ChatUsage(2, 0, 1, 0)));
        JsonElement reply = await AnswerAsync("""{"model":"kimi-k2-5","prompt":"xy","logprobs":1,"echo":true}""");

        Assert.True(server.Backend.Requests.Last().ReportPrompt);
        Assert.Equal("xyc", reply.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(
            """{"tokens":["x","y","c"],"token_logprobs":[null,-2,-1],"top_logprobs":[null,{"z":-0.5},{}],"text_offset":[0,1,2]}""",
            reply.GetProperty("choices")[0].GetProperty("logprobs").GetRawText());
    }

    [Fact]
    public async Task Completion_Stream_GivesTheSameText()
    {
        server.Backend.Script = null;
        using HttpResponseMessage response = await PostAsync(
            "/v1/completions", """{"model":"kimi-k2-5","prompt":["A","B"],"stream":true,"echo":true,"stream_options":{"include_usage":true}}""");
        IReadOnlyList<string> events = await TestServer.EventsAsync(response);

        Assert.Equal("[DONE]", events[^1]);
        StringBuilder[] texts = [new(), new()];
        foreach (JsonElement choice in events.SkipLast(2).Select(data => JsonElement.Parse(data).GetProperty("choices")[0]))
        {
            texts[choice.GetProperty("index").GetInt32()].Append(choice.GetProperty("text").GetString());
        }

        Assert.Equal(["AHello.", "BHello."], texts.Select(text => text.ToString()));
        Assert.Equal(4, JsonElement.Parse(events[^2]).GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("{\"model\":\"kimi-k2-5\"}", "Invalid request: prompt is required and must be a string, an array of strings, or an array of token ids", "prompt")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":\"\"}", "Invalid request: prompt must not be empty: the model needs at least one token", "prompt")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":[]}", "Invalid request: prompt must hold 1 to 128 prompts, found 0", "prompt")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":[1,\"a\"]}", "Invalid request: prompt[1] must be a token id, found string \"a\"", "prompt[1]")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":\"a\",\"max_tokens\":0}", "Invalid request: max_tokens must be at least 1, found 0", "max_tokens")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":\"a\",\"logprobs\":6}", "Invalid request: logprobs must be between 0 and 5, found 6", "logprobs")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":\"a\",\"suffix\":\"b\"}", "Invalid request: suffix is not supported by this server; omit it", "suffix")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"prompt\":\"a\",\"best_of\":2}", "Invalid request: best_of must equal n (1), found 2", "best_of")]
    public async Task Completion_Broken_IsRefused(string body, string message, string param)
    {
        using HttpResponseMessage response = await PostAsync("/v1/completions", body);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal((400, message, param), ((int)response.StatusCode, error.GetProperty("message").GetString(), error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Estimate_ChatBody_IsThePromptsSize()
    {
        using HttpResponseMessage response = await PostAsync("/v1/tokenizers/estimate-token-count", TestServer.Body("kimi-k2.5"));
        Assert.Equal("""{"data":{"total_tokens":12}}""", await response.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> AnswerAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync("/v1/completions", body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
}
