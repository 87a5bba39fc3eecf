using System.Text.Json;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Clients;

/// <summary>The seed's curl example with only base URL and key changed.</summary>
public class CurlTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Body =
        """
        {
        "model": "kimi-k2-5",
        "messages": [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Explain quantum computing in simple terms."}
        ],
        "temperature": 0.7,
        "max_tokens": 2048
        }
        """;

    [Fact]
    public async Task SeedsCurlExample_IsAnswered()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("curl"), "curl is not installed");
        (int exitCode, string output, string error) = await OtherProgram.RunAsync(
            "curl",
            [
                "-sS", "--fail-with-body", $"{server.BaseUri}v1/chat/completions",
                "-H", "Content-Type: application/json", "-H", $"Authorization: Bearer {server.Key}", "-d", Body,
            ],
            ".");

        Assert.Equal((0, ""), (exitCode, error));
        using JsonDocument reply = JsonDocument.Parse(output);
        Assert.Equal("Hello.", reply.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task CurlStream_ShowsEventsAndDone()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("curl"), "curl is not installed");
        (int exitCode, string output, _) = await OtherProgram.RunAsync(
            "curl",
            ["-sSN", $"{server.BaseUri}v1/chat/completions", "-H", $"Authorization: Bearer {server.Key}", "-d", TestServer.Body(more: "\"stream\":true")],
            ".");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("data: {\"id\":\"chatcmpl-", output, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", output, StringComparison.Ordinal);
    }
}
