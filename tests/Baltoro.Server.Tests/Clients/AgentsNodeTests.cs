using System.Text.Json;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Clients;

/// <summary>Agent libraries against the running server: Vercel's AI SDK with two providers, LangChain; the script stands in tests/clients/agents-node.</summary>
public class AgentsNodeTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "clients", "agents-node");

    [Fact]
    public async Task AgentLibraries_ToolLoopsWithThinking_AllWork()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules", "ai")), "npm ci has not been run in tests/clients/agents-node");
        server.Backend.Script = (request, _) => ScriptedBackend.Events(ToolModel.Answer(request));
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(server.BaseUri, "/v1").ToString(),
            ["BALTORO_KEY"] = server.Key,
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["agents.mjs"], Folder, environment);

        Assert.True(exitCode == 0, error);
        JsonElement seen = JsonElement.Parse(output);
        foreach (string name in (string[])["moonshot", "moonshotStream", "compatible", "compatibleStream"])
        {
            JsonElement loop = seen.GetProperty(name);
            Assert.Equal("""[{"city":"Paris","unit":"c"}]""", loop.GetProperty("asked").GetRawText());
            Assert.Equal("It is 18 c.", loop.GetProperty("text").GetString());
            Assert.Equal("Hmm", loop.GetProperty("reasoning").GetString());
            Assert.Equal("""["tool-calls","stop"]""", loop.GetProperty("finish").GetRawText());
        }

        Assert.Equal("""{"asked":[{"city":"Paris","unit":"c"}],"text":"It is 18 c."}""", seen.GetProperty("langchain").GetRawText());
        Assert.Equal("""{"city":"Paris","unit":"c"}""", seen.GetProperty("object").GetRawText());
        Assert.Contains(server.Backend.Requests, request => request.Messages.Count == 3 && request.Messages[1].Reasoning == "Hmm");
    }
}
