using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>A server killed in the middle of a stream: nothing charged, nothing held, and the ledger replays.</summary>
public class KilledServerTests
{
    /// <summary>The bias keeps kimi-nano from ending its turn ([EOS], end of message, [EOT]), so that the stream lasts.</summary>
    private const string Request = """
        {"model":"kimi-k2-5","stream":true,"max_tokens":8000,"logit_bias":{"5889":-100,"5890":-100,"5897":-100},"messages":[{"role":"user","content":"Explain quantum computing in simple terms."}]}
        """;

    [Fact]
    public async Task Restart_AfterKillDuringAStream_FreesTheReservation()
    {
        using TempFolder data = new();
        string key;
        using (ServeProcess first = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0"))
        {
            key = first.Key;
            using HttpClient client = Client(first.Url, key);
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(Request, Encoding.UTF8, "application/json"),
            };
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.True(await ReservedAsync(data.Path) > 0);
            await first.KillAsync();
        }

        using ServeProcess second = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        Assert.Equal(0, await ReservedAsync(data.Path));
        (int code, string report) = await ServeProcess.RunAsync("ledger", "verify", "--data", data.Path);
        Assert.Equal(0, code);
        Assert.Contains("sound", report, StringComparison.Ordinal);
        using HttpClient again = Client(second.Url, key);
        Assert.True((await again.GetAsync("/v1/users/me/balance")).IsSuccessStatusCode);
        Assert.Equal(0, await second.TerminateAsync());
    }

    private static async Task<long> ReservedAsync(string data)
    {
        (int code, string output) = await ServeProcess.RunAsync("balance", "--org", "local", "--data", data, "--json");
        Assert.Equal(0, code);
        using JsonDocument balance = JsonDocument.Parse(output);
        return balance.RootElement.GetProperty("reserved_nano_usd").GetInt64();
    }

    private static HttpClient Client(string url, string key)
    {
        HttpClient client = new() { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
