using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

/// <summary>Shapes of answers with tool calls, old and new, and of running token counts.</summary>
public class ToolAnswerTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Functions = "\"functions\":[{\"name\":\"add\"}]";

    private static readonly ChatEvent[] TwoCalls =
    [
        new ChatEvent.TextDelta(0, "I call."),
        new ChatEvent.ToolCallStart(0, 0, "add:3", "add"),
        new ChatEvent.ToolCallArguments(0, 0, "{\"a\""),
        new ChatEvent.ToolCallArguments(0, 0, ":1}"),
        new ChatEvent.ToolCallStart(0, 1, "sub:4", "sub"),
        new ChatEvent.ToolCallArguments(0, 1, "{}"),
        new ChatEvent.Finish(0, ChatFinishReason.ToolCalls),
        new ChatEvent.Usage(new ChatUsage(12, 0, 9, 0)),
    ];

    private static readonly ChatEvent[] OneCall =
    [
        new ChatEvent.ToolCallStart(0, 0, "add:0", "add"),
        new ChatEvent.ToolCallArguments(0, 0, "{\"a\""),
        new ChatEvent.ToolCallArguments(0, 0, ":1}"),
        new ChatEvent.Finish(0, ChatFinishReason.ToolCalls),
        new ChatEvent.Usage(new ChatUsage(12, 0, 9, 0)),
    ];

    [Fact]
    public async Task Stream_TwoCalls_TellsIdTypeAndNameOnce()
    {
        server.Backend.Play(TwoCalls);
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"));

        Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"content":"I call."}""",
                """{"tool_calls":[{"index":0,"id":"add:3","type":"function","function":{"name":"add","arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""",
                """{"tool_calls":[{"index":1,"id":"sub:4","type":"function","function":{"name":"sub","arguments":""}}]}""",
                """{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""",
                "{}",
            ],
            (await DeltasAsync(response)).Select(delta => delta.GetRawText()));
    }

    [Fact]
    public async Task Stream_LegacyFunctions_HasTheOldShape()
    {
        server.Backend.Play(OneCall);
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: Functions + ",\"stream\":true"));

        string text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"finish_reason\":\"function_call\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_calls", text, StringComparison.Ordinal);
        Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"function_call":{"name":"add","arguments":""}}""",
                """{"function_call":{"arguments":"{\"a\""}}""",
                """{"function_call":{"arguments":":1}"}}""",
                "{}",
            ],
            (await DeltasAsync(response)).Select(delta => delta.GetRawText()));
    }

    [Fact]
    public async Task Reply_LegacyFunctions_HasTheOldShape()
    {
        server.Backend.Play(OneCall);
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: Functions));

        JsonElement choice = (await TestServer.JsonAsync(response)).GetProperty("choices")[0];
        Assert.Equal("function_call", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(
            """{"role":"assistant","content":"","function_call":{"name":"add","arguments":"{\"a\":1}"},"refusal":null}""",
            choice.GetProperty("message").GetRawText());
    }

    [Fact]
    public async Task Stream_ContinuousUsage_CountsInEveryChunk()
    {
        server.Backend.Play(
            new ChatEvent.Progress(0, 1, 0),
            new ChatEvent.TextDelta(0, "a"),
            new ChatEvent.Progress(0, 3, 0),
            new ChatEvent.TextDelta(0, "b"),
            new ChatEvent.Finish(0, ChatFinishReason.Stop),
            new ChatEvent.Usage(new ChatUsage(12, 0, 4, 0)));
        using HttpResponseMessage response = await server.PostAsync(
            TestServer.Body(more: "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}"));

        Assert.True(server.Backend.Requests.Last().ReportProgress);
        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        int[] counts = [.. events.SkipLast(1).Select(data => JsonElement.Parse(data).GetProperty("usage").GetProperty("completion_tokens").GetInt32())];
        Assert.Equal([0, 1, 3, 4, 4], counts);
    }

    [Fact]
    public async Task Fingerprint_SameModel_IsTheSameInReplyAndStream()
    {
        server.Backend.Script = null;
        using HttpResponseMessage whole = await server.PostAsync(TestServer.Body());
        using HttpResponseMessage stream = await server.PostAsync(TestServer.Body("kimi-k2-5-thinking", "\"stream\":true"));

        string? fingerprint = (await TestServer.JsonAsync(whole)).GetProperty("system_fingerprint").GetString();
        Assert.Matches("^fpv0_[0-9a-f]{8}$", fingerprint);
        IReadOnlyList<string> events = await TestServer.EventsAsync(stream);
        Assert.All(events.SkipLast(1), data => Assert.Equal(fingerprint, JsonElement.Parse(data).GetProperty("system_fingerprint").GetString()));
    }

    private static async Task<IReadOnlyList<JsonElement>> DeltasAsync(HttpResponseMessage response) =>
        [.. (await TestServer.EventsAsync(response)).SkipLast(1).Select(data => JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("delta"))];
}
