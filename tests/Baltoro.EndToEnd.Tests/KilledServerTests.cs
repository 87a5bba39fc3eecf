using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>A server killed in the middle of a stream: nothing charged, nothing held, and the ledger replays.</summary>
public class KilledServerTests
{
    private const string Request = """
        {"model":"kimi-k2-5","stream":true,"n":8,"max_tokens":2000,"messages":[{"role":"user","content":"Explain quantum computing in simple terms."}]}
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
            // Several long answers at once: the first event of one of them leaves no time for all to end.
            Task<HttpResponseMessage>[] answers = [.. Enumerable.Range(0, 4).Select(_ => SendAsync(client))];
            using HttpResponseMessage answer = await await Task.WhenAny(answers);
            Assert.True(answer.IsSuccessStatusCode);
            await first.KillAsync();
            await Task.WhenAll(answers).ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        }

        Assert.True(await ReservedAsync(data.Path) > 0);
        using ServeProcess second = await ServeProcess.StartAsync(data.Path, "http://127.0.0.1:0");
        Assert.Equal(0, await ReservedAsync(data.Path));
        (int code, string report) = await ServeProcess.RunAsync("ledger", "verify", "--data", data.Path);
        Assert.Equal(0, code);
        Assert.Contains("sound", report, StringComparison.Ordinal);
        using HttpClient again = Client(second.Url, key);
        Assert.True((await again.GetAsync("/v1/users/me/balance")).IsSuccessStatusCode);
        Assert.Equal(0, await second.TerminateAsync());
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Request, Encoding.UTF8, "application/json"),
        };
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
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
