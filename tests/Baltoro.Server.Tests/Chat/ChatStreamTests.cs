using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

public class ChatStreamTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly ChatEvent[] Thinking =
    [
        new ChatEvent.ReasoningDelta(0, "Hm"),
        new ChatEvent.ReasoningDelta(0, "m"),
        new ChatEvent.TextDelta(0, "Sun"),
        new ChatEvent.TextDelta(0, "ny"),
        new ChatEvent.Finish(0, ChatFinishReason.Stop),
        new ChatEvent.Usage(new ChatUsage(90, 64, 50, 16)),
    ];

    private const string UsageJson =
        """{"prompt_tokens":90,"completion_tokens":50,"total_tokens":140,"cached_tokens":64,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":16}}""";

    [Fact]
    public async Task Stream_WithUsageAsked_HasExactlyThePlatformsChunks()
    {
        server.Backend.Play(Thinking);
        using HttpResponseMessage response = await server.PostAsync(
            TestServer.Body("kimi-k2-5-thinking", "\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.True(response.Headers.CacheControl?.NoCache);
        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(
            [
                """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""",
                """[{"index":0,"delta":{"reasoning_content":"Hm"},"finish_reason":null}]""",
                """[{"index":0,"delta":{"reasoning_content":"m"},"finish_reason":null}]""",
                """[{"index":0,"delta":{"reasoning_content":""},"finish_reason":null}]""",
                """[{"index":0,"delta":{"content":"Sun"},"finish_reason":null}]""",
                """[{"index":0,"delta":{"content":"ny"},"finish_reason":null}]""",
                $$"""[{"index":0,"delta":{},"finish_reason":"stop","usage":{{UsageJson}}}]""",
                "[]",
            ],
            events.SkipLast(1).Select(Choices));
        Assert.Equal(UsageJson, Parse(events[^2]).GetProperty("usage").GetRawText());
        Assert.All(events.SkipLast(2), text => Assert.False(Parse(text).TryGetProperty("usage", out _)));
        Assert.Single(events.SkipLast(1).Select(text => Head(Parse(text))).Distinct());
    }

    [Fact]
    public async Task Stream_WithoutUsageAsked_CarriesItInTheLastChoiceOnly()
    {
        server.Backend.Play(Thinking);
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body("kimi-k2-5-thinking", "\"stream\":true"));

        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        Assert.Equal($$"""[{"index":0,"delta":{},"finish_reason":"stop","usage":{{UsageJson}}}]""", Choices(events[^2]));
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task Stream_SeveralChoices_InterleavesByIndexAndEndsWithUsageOnce()
    {
        server.Backend.Play(
            new ChatEvent.TextDelta(1, "b"),
            new ChatEvent.TextDelta(0, "a"),
            new ChatEvent.Finish(1, ChatFinishReason.Length),
            new ChatEvent.TextDelta(0, "c"),
            new ChatEvent.Finish(0, ChatFinishReason.Stop),
            new ChatEvent.Usage(new ChatUsage(5, 0, 3, 0)));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true,\"n\":2"));

        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        Assert.Equal(
            [
                """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""",
                """[{"index":1,"delta":{"role":"assistant","content":""},"finish_reason":null}]""",
                """[{"index":1,"delta":{"content":"b"},"finish_reason":null}]""",
                """[{"index":0,"delta":{"content":"a"},"finish_reason":null}]""",
                """[{"index":1,"delta":{},"finish_reason":"length"}]""",
                """[{"index":0,"delta":{"content":"c"},"finish_reason":null}]""",
                """[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"completion_tokens_details":{"reasoning_tokens":0}}}]""",
            ],
            events.SkipLast(1).Select(Choices));
    }

    [Fact]
    public async Task Stream_ToolCall_SendsIdTypeAndNameOnce()
    {
        server.Backend.Play(
            new ChatEvent.ToolCallStart(0, 0, "get_weather:0", "get_weather"),
            new ChatEvent.ToolCallArguments(0, 0, "{\"a\":1}"),
            new ChatEvent.Finish(0, ChatFinishReason.ToolCalls),
            new ChatEvent.Usage(new ChatUsage(5, 0, 3, 0)));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"));

        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        Assert.Equal(
            """[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"get_weather:0","type":"function","function":{"name":"get_weather","arguments":""}}]},"finish_reason":null}]""",
            Choices(events[1]));
        Assert.Equal(
            """[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]},"finish_reason":null}]""",
            Choices(events[2]));
    }

    [Fact]
    public async Task Stream_UnicodeAndControls_ArriveUnchangedInOneLineEvents()
    {
        string[] pieces = ["ä€😀", "line\nbreak\r\n", "data: x\n\n", "\u2028\u0000\"\\", "<|im_end|>"];
        server.Backend.Script = (request, _) => ScriptedBackend.Events(ScriptedBackend.Answer(request, pieces));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"));

        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        IEnumerable<string?> texts = events.Skip(1).SkipLast(2)
            .Select(text => Parse(text).GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString());
        Assert.Equal(pieces, texts);
    }

    private static string Choices(string text) => Parse(text).GetProperty("choices").GetRawText();

    private static string Head(JsonElement chunk) =>
        $"{chunk.GetProperty("id")}|{chunk.GetProperty("object")}|{chunk.GetProperty("created")}|{chunk.GetProperty("model")}";

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
