using System.Net.Sockets;
using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Clients;

/// <summary>
/// The seed's Python example, byte for byte as openai-python puts it on the wire. PyPI is not reachable where these
/// tests are written and run, so the SDK itself cannot be executed: the header set and their order were written down
/// from knowledge of openai-python 2.x over httpx, not recorded from a run.
/// </summary>
public class PythonReplayTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Body =
        """{"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Explain quantum computing in simple terms."}],"model":"kimi-k2-5","max_tokens":2048,"temperature":0.7}""";

    [Fact]
    public async Task SeedsPythonExample_WithTheSdksHeadersAndBody_IsAnswered()
    {
        string request = string.Join(
            "\r\n",
            "POST /v1/chat/completions HTTP/1.1",
            $"Host: {server.BaseUri.Authority}",
            "Accept-Encoding: gzip, deflate",
            "Connection: keep-alive",
            "Accept: application/json",
            "Content-Type: application/json",
            "User-Agent: OpenAI/Python 2.8.0",
            "X-Stainless-Lang: python",
            "X-Stainless-Package-Version: 2.8.0",
            "X-Stainless-OS: Linux",
            "X-Stainless-Arch: x64",
            "X-Stainless-Runtime: CPython",
            "X-Stainless-Runtime-Version: 3.12.3",
            $"Authorization: Bearer {server.Key}",
            "X-Stainless-Async: false",
            "x-stainless-retry-count: 0",
            "x-stainless-read-timeout: 600",
            $"Content-Length: {Encoding.UTF8.GetByteCount(Body)}",
            "",
            Body);
        using TcpClient tcp = new();
        await tcp.ConnectAsync(server.BaseUri.Host, server.BaseUri.Port);
        await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request));
        using StreamReader reader = new(tcp.GetStream(), Encoding.UTF8);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync());
        Dictionary<string, string> headers = await ReadHeadersAsync(reader);
        char[] reply = new char[int.Parse(headers["Content-Length"])];
        await reader.ReadBlockAsync(reply);

        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.NotEmpty(headers["x-request-id"]);
        Assert.Contains("\"content\":\"Hello.\"", new string(reply), StringComparison.Ordinal);
        ChatRequest mapped = server.Backend.Requests.Last();
        Assert.Equal((2048, 0.7), (mapped.MaxCompletionTokens, mapped.Sampling.Temperature));
        Assert.Equal([ChatRole.System, ChatRole.User], mapped.Messages.Select(message => message.Role));
    }

    private static async Task<Dictionary<string, string>> ReadHeadersAsync(StreamReader reader)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            string[] parts = line.Split(": ", 2);
            headers[parts[0]] = parts[1];
        }

        return headers;
    }
}
