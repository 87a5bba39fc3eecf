using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;
using OpenAI;
using OpenAI.Chat;

namespace Baltoro.Server.Tests.Chat;

/// <summary>Log probabilities on the wire, and as OpenAI's clients read them: a forced token is one member more.</summary>
public class LogprobTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Entries =
        """[{"token":"{","logprob":0,"bytes":[123],"top_logprobs":[{"token":"{","logprob":0,"bytes":[123]}],"forced":true},"""
        + """{"token":"7","logprob":-0.5,"bytes":[55],"top_logprobs":[{"token":"8","logprob":-0.25,"bytes":[56]}]},"""
        + "{\"token\":\"\uFFFD\",\"logprob\":-9999,\"bytes\":[240],\"top_logprobs\":[]}]";

    private static readonly TokenLogprob _brace = new("{"u8.ToArray(), 0, []);
    private static readonly TokenLogprob[] _tokens =
    [
        _brace with { Top = [_brace], Forced = true },
        new("7"u8.ToArray(), -0.5, [new TokenLogprob("8"u8.ToArray(), -0.25, [])]),
        new(new byte[] { 0xF0 }, double.NegativeInfinity, []),
    ];

    [Fact]
    public async Task Reply_Logprobs_AreInOpenAisShapeAndForcedOnesSaySo()
    {
        Play();
        JsonElement choice = (await TestServer.JsonAsync(await server.PostAsync(TestServer.Body(more: "\"logprobs\":true,\"top_logprobs\":1")))).GetProperty("choices")[0];
        JsonElement block = choice.GetProperty("logprobs");
        Assert.Equal(Entries, block.GetProperty("content").GetRawText());
        Assert.Equal(JsonValueKind.Null, block.GetProperty("refusal").ValueKind);
    }

    [Fact]
    public async Task Stream_Logprobs_ComeWithTheirText()
    {
        Play();
        HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true,\"logprobs\":true,\"top_logprobs\":1"));
        JsonElement[] blocks =
        [
            .. (await TestServer.EventsAsync(response)).Where(data => data != "[DONE]").Select(data => JsonElement.Parse(data))
                .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
                .Where(choice => choice.TryGetProperty("logprobs", out JsonElement block) && block.ValueKind == JsonValueKind.Object)
                .Select(choice => choice.GetProperty("logprobs").GetProperty("content")),
        ];
        Assert.Equal(Entries, $"[{string.Join(',', blocks.Select(block => block.GetRawText()[1..^1]))}]");
    }

    [Fact]
    public async Task DotNetClient_ForcedToken_IsRead()
    {
        Play();
        ChatClient client = new("kimi-k2-5", new System.ClientModel.ApiKeyCredential(server.Key), new OpenAIClientOptions { Endpoint = new Uri(server.BaseUri, "/v1") });
        ChatCompletion completion = await client.CompleteChatAsync(
            [new UserChatMessage("Hi")], new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 1 });
        Assert.Equal(["{", "7", "\uFFFD"], completion.ContentTokenLogProbabilities.Select(token => token.Token));
        Assert.Equal([0f, -0.5f, -9999f], completion.ContentTokenLogProbabilities.Select(token => token.LogProbability));
    }

    [Fact]
    public async Task NodeClient_ForcedToken_IsRead()
    {
        string folder = Path.Combine(RepositoryRoot.Path, "tests", "clients", "openai-node");
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "openai")), "npm ci has not been run in tests/clients/openai-node");
        Play();
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(server.BaseUri, "/v1").ToString(),
            ["BALTORO_KEY"] = server.Key,
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["logprobs.mjs"], folder, environment);
        Assert.True(exitCode == 0, error);
        const string Seen = """[{"token":"{","logprob":0,"forced":true},{"token":"7","logprob":-0.5},{"token":"\uFFFD","logprob":-9999}]""";
        JsonElement seen = JsonElement.Parse(output);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Seen), seen.GetProperty("whole")), output);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Seen), seen.GetProperty("streamed")), output);
    }

    private void Play() => server.Backend.Play(
        new ChatEvent.TextDelta(0, "{", [_tokens[0]]),
        new ChatEvent.TextDelta(0, "7\uFFFD", _tokens[1..]),
        new ChatEvent.Finish(0, Kimi.Conversation.ChatFinishReason.Stop),
        new ChatEvent.Usage(new ChatUsage(12, 0, 3, 0)));
}
