using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Gate;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

public class ChatReplyTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Reply_PlainRequest_HasThePlatformsShape()
    {
        server.Backend.Script = null;
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("scripted (test)", response.Headers.GetValues("x-baltoro-model").Single());
        Assert.Equal(response.Headers.GetValues("x-request-id"), response.Headers.GetValues("Msh-Request-Id"));
        JsonElement reply = await TestServer.JsonAsync(response);
        Assert.Equal(["id", "object", "created", "model", "system_fingerprint", "choices", "usage"], reply.EnumerateObject().Select(member => member.Name));
        Assert.Matches("^chatcmpl-[0-9a-f]{24}$", reply.GetProperty("id").GetString());
        Assert.Equal("chat.completion", reply.GetProperty("object").GetString());
        Assert.Equal("kimi-k2-5", reply.GetProperty("model").GetString());
        Assert.Equal(
            """[{"index":0,"message":{"role":"assistant","content":"Hello.","refusal":null},"finish_reason":"stop"}]""",
            reply.GetProperty("choices").GetRawText());
        Assert.Equal(
            """{"prompt_tokens":12,"completion_tokens":2,"total_tokens":14,"completion_tokens_details":{"reasoning_tokens":0}}""",
            reply.GetProperty("usage").GetRawText());
        await server.Settlement.NextAsync();
    }

    [Fact]
    public async Task Reply_ThinkingCachedAndToolCalls_CarriesAllOfThem()
    {
        server.Backend.Play(
            new ChatEvent.ReasoningDelta(0, "Let me "),
            new ChatEvent.ReasoningDelta(0, "see."),
            new ChatEvent.TextDelta(0, "I call."),
            new ChatEvent.ToolCallStart(0, 0, "get_weather:0", "get_weather"),
            new ChatEvent.ToolCallArguments(0, 0, "{\"city\":"),
            new ChatEvent.ToolCallArguments(0, 0, "\"Paris\"}"),
            new ChatEvent.Finish(0, ChatFinishReason.ToolCalls),
            new ChatEvent.Usage(new ChatUsage(90, 64, 50, 16)));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body("kimi-k2-5-thinking"));

        JsonElement reply = await TestServer.JsonAsync(response);
        Assert.Equal(
            """[{"index":0,"message":{"role":"assistant","content":"I call.","reasoning_content":"Let me see.","tool_calls":[{"index":0,"id":"get_weather:0","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}],"refusal":null},"finish_reason":"tool_calls"}]""",
            reply.GetProperty("choices").GetRawText());
        Assert.Equal(
            """{"prompt_tokens":90,"completion_tokens":50,"total_tokens":140,"cached_tokens":64,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":16}}""",
            reply.GetProperty("usage").GetRawText());
        RequestOutcome outcome = await server.Settlement.NextAsync();
        Assert.Equal(RequestEnd.Completed, outcome.End);
        Assert.Equal(new ChatUsage(90, 64, 50, 16), outcome.Usage);
    }

    [Fact]
    public async Task Reply_SeveralChoices_KeepsThemApart()
    {
        server.Backend.Play(
            new ChatEvent.TextDelta(1, "b"),
            new ChatEvent.TextDelta(0, "a"),
            new ChatEvent.Finish(1, ChatFinishReason.Length),
            new ChatEvent.TextDelta(0, "a"),
            new ChatEvent.Finish(0, ChatFinishReason.Stop),
            new ChatEvent.Usage(new ChatUsage(5, 0, 3, 0)));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"n\":2"));

        JsonElement reply = await TestServer.JsonAsync(response);
        Assert.Equal(
            """[{"index":0,"message":{"role":"assistant","content":"aa","refusal":null},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"b","refusal":null},"finish_reason":"length"}]""",
            reply.GetProperty("choices").GetRawText());
        await server.Settlement.NextAsync();
    }

    [Fact]
    public async Task Reply_Logprobs_HasOpenAiShape()
    {
        TokenLogprob alternative = new("ä"u8.ToArray(), double.NegativeInfinity, []);
        TokenLogprob token = new(new byte[] { 0xC3 }, -0.5, [alternative]);
        server.Backend.Play(
            new ChatEvent.TextDelta(0, "ä", [token]),
            new ChatEvent.Finish(0, ChatFinishReason.Stop),
            new ChatEvent.Usage(new ChatUsage(5, 0, 1, 0)));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"logprobs\":true,\"top_logprobs\":1"));

        JsonElement reply = await TestServer.JsonAsync(response);
        Assert.Equal(
            "{\"content\":[{\"token\":\"\uFFFD\",\"logprob\":-0.5,\"bytes\":[195],\"top_logprobs\":[{\"token\":\"ä\",\"logprob\":-9999,\"bytes\":[195,164]}]}],\"refusal\":null}",
            reply.GetProperty("choices")[0].GetProperty("logprobs").GetRawText());
        Assert.Equal(1, server.Backend.Requests.Last().TopLogprobs);
        await server.Settlement.NextAsync();
    }
}
