using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Clients;

/// <summary>OpenAI's official Node client against the running server; the script stands in tests/clients/openai-node.</summary>
public class OpenAiNodeTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "clients", "openai-node");

    [Fact]
    public async Task NodeClient_SeedsExampleStreamModelsAndErrors_AllWork()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", "openai")), "npm ci has not been run in tests/clients/openai-node");
        server.Backend.Play(
            new ChatEvent.ReasoningDelta(0, "Hmm"),
            new ChatEvent.TextDelta(0, "Hel"),
            new ChatEvent.TextDelta(0, "lo."),
            new ChatEvent.Finish(0, ChatFinishReason.Stop),
            new ChatEvent.Usage(new ChatUsage(12, 8, 3, 1)));
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(server.BaseUri, "/v1").ToString(),
            ["BALTORO_KEY"] = server.Key,
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["client.mjs"], Folder, environment);

        Assert.True(exitCode == 0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement seen = document.RootElement;
        Assert.Equal("Hello.", seen.GetProperty("content").GetString());
        Assert.True(seen.GetProperty("requestId").GetBoolean());
        JsonElement stream = seen.GetProperty("stream");
        Assert.Equal("Hello.", stream.GetProperty("content").GetString());
        Assert.Equal("Hmm", stream.GetProperty("reasoning").GetString());
        Assert.Equal("stop", stream.GetProperty("finish").GetString());
        Assert.Equal(8, stream.GetProperty("usage").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(stream.GetProperty("usage").GetRawText(), stream.GetProperty("choiceUsage").GetRawText());
        Assert.Equal(5, seen.GetProperty("models").GetArrayLength());
        Assert.Equal("moonshotai/kimi-k2.5", seen.GetProperty("model").GetString());
        Assert.Equal(
            """{"name":"NotFoundError","status":404,"type":"resource_not_found_error","requestId":true}""",
            seen.GetProperty("notFound").GetRawText());
        Assert.Equal(
            """{"name":"BadRequestError","status":400,"type":"invalid_request_error","requestId":true}""",
            seen.GetProperty("badRequest").GetRawText());
        Assert.Equal(
            """{"name":"AuthenticationError","status":401,"type":"invalid_authentication_error","requestId":true}""",
            seen.GetProperty("unauthorized").GetRawText());
    }

    [Fact]
    public async Task NodeClient_ToolLoopsAndParsedAnswers_AllWork()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules", "zod")), "npm ci has not been run in tests/clients/openai-node");
        server.Backend.Script = (request, _) => ScriptedBackend.Events(ToolModel.Answer(request));
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(server.BaseUri, "/v1").ToString(),
            ["BALTORO_KEY"] = server.Key,
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["tools.mjs"], Folder, environment);

        Assert.True(exitCode == 0, error);
        JsonElement seen = JsonElement.Parse(output);
        const string Loop = """{"asked":[{"city":"Paris","unit":"c"}],"content":"It is 18 c.","roles":["user","assistant","tool","assistant"],"finish":["tool_calls","stop"]}""";
        Assert.Equal(Loop, seen.GetProperty("whole").GetRawText());
        Assert.Equal(Loop, seen.GetProperty("streamed").GetRawText());
        Assert.Equal("""{"city":"Paris","unit":"c"}""", seen.GetProperty("parsed").GetRawText());
        Assert.Equal("""[{"city":"Paris","unit":"c"}]""", seen.GetProperty("called").GetRawText());
    }

    [Fact]
    public async Task NodeClient_PicturesAndFiles_AllWork()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", "openai")), "npm ci has not been run in tests/clients/openai-node");
        server.Backend.TakesImages = true;
        server.Backend.Script = null;
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(server.BaseUri, "/v1").ToString(),
            ["BALTORO_KEY"] = server.Key,
            ["PICTURE"] = PictureMaker.DataUrl(PictureMaker.Png(4, 4)),
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["media.mjs"], Folder, environment);

        Assert.True(exitCode == 0, error);
        Assert.Equal(
            """{"inline":"Hello.","byId":"Hello.","file":{"bytes":true,"filename":"cat.png","purpose":"image","status":"ready"},"listed":true,"retrieved":true,"content":"# Notes","raw":true,"deleted":true,"gone":{"name":"NotFoundError","status":404,"type":"resource_not_found_error","param":"file_id"},"notAPicture":{"name":"BadRequestError","status":400,"type":"invalid_request_error","param":"messages[0].content[0].image_url"}}""",
            output.Trim());
        Assert.Equal(2, server.Backend.Requests.Count(request => request.Messages[0].Content.OfType<ContentPart.Image>().Any()));
    }
}
