using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

public class ServeProcessTests
{
    private const string SeedRequest = """
        {"model":"kimi-k2-5","messages":[{"role":"system","content":"You are a helpful assistant."},
         {"role":"user","content":"Explain quantum computing in simple terms."}],"temperature":0.7,"max_tokens":2048}
        """;

    [Fact]
    public async Task Serve_FirstStart_PrintsKeyAndAnswersTheSeedsRequest()
    {
        using TempFolder data = new();
        using ServeProcess serve = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        using HttpClient client = Client(serve);
        using HttpResponseMessage response = await client.PostAsync("/v1/chat/completions", new StringContent(SeedRequest, Encoding.UTF8, "application/json"));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        using JsonDocument reply = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        JsonElement choice = reply.RootElement.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.NotEmpty(choice.GetProperty("message").GetProperty("content").GetString() ?? "");
        Assert.Equal("kimi-k2-5", reply.RootElement.GetProperty("model").GetString());
        Assert.Equal(0, await serve.TerminateAsync());
        Assert.DoesNotContain(serve.Key, await serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_SecondStartOnTheSameData_PrintsNoKeyAndTheOldOneWorks()
    {
        using TempFolder data = new();
        string key;
        using (ServeProcess first = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0"))
        {
            key = first.Key;
            using ServeProcess rival = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
            Assert.Equal(5, await rival.ExitCodeAsync());
            Assert.Contains($"{first.ProcessId}", await rival.Errors, StringComparison.Ordinal);
            Assert.Equal(0, await first.TerminateAsync());
        }

        using ServeProcess second = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        Assert.DoesNotContain(second.Lines, line => line.Contains("sk-", StringComparison.Ordinal));
        using HttpClient client = new() { BaseAddress = new Uri(second.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.True((await client.GetAsync("/v1/models")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Serve_PortInUse_EndsWithOneLineAndItsCode()
    {
        using TempFolder data = new();
        using TempFolder other = new();
        using ServeProcess first = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        using ServeProcess second = await ServeProcess.StartAsync(other.Path, first.Url);
        Assert.Equal(4, await second.ExitCodeAsync());
        string error = (await second.Errors).Trim();
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_DuringAStream_LetsItEndAndExitsWithZero()
    {
        using TempFolder data = new();
        using ServeProcess serve = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        using HttpClient client = Client(serve);
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"kimi-k2-5","stream":true,"max_tokens":400,"logit_bias":{},"messages":[{"role":"user","content":"Tell me a story."}]}""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        Task<int> exit = serve.TerminateAsync();
        string rest = await reader.ReadToEndAsync();
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        Assert.Equal(0, await exit);
    }

    private static HttpClient Client(ServeProcess serve)
    {
        HttpClient client = new() { BaseAddress = new Uri(serve.Url), Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", serve.Key);
        return client;
    }
}
