using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Baltoro.Cli.Tests.Commands;

public class ServeCommandTests
{
    [Fact]
    public async Task Serve_FirstStart_PrintsUrlModelsKeyCurlAndReady()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> reader) = cli.Serve(stop.Token);
        List<string> lines = await ReadToReadyAsync(running, reader);
        string url = lines[^1]["ready ".Length..];
        string key = lines.Single(line => line.StartsWith("Key ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

        Assert.Contains($"API     {url}/v1", lines);
        Assert.Contains(lines, line => line.Contains("kimi-k2-5, kimi-k2-5-thinking", StringComparison.Ordinal));
        Assert.Contains("(tier enterprise", lines[3], StringComparison.Ordinal);
        Assert.Contains($"curl {url}/v1/chat/completions -H 'Authorization: Bearer {key}'", lines[4], StringComparison.Ordinal);
        Assert.Contains($"Data    {cli.Data}", lines);
        Assert.Equal("Hello.", await AskAsync(url, key));
        (int beside, string created, _) = await cli.RunAsync("", "keys", "create", "--data", cli.Data, "--json");
        Assert.Equal(0, beside);
        using JsonDocument second = JsonDocument.Parse(created);
        Assert.Equal("Hello.", await AskAsync(url, second.RootElement.GetProperty("key").GetString() ?? ""));
        (int refused, _, string error) = await cli.RunAsync("", "serve", "--urls", "http://127.0.0.1:0", "--data", cli.Data);
        Assert.Equal(5, refused);
        Assert.Contains($"in use by another server (process {Environment.ProcessId} since ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task Serve_SecondStart_MakesNoKey()
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "keys", "create");
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> reader) = cli.Serve(stop.Token);
        List<string> lines = await ReadToReadyAsync(running, reader);
        await stop.CancelAsync();
        await running;

        Assert.DoesNotContain(lines, line => line.Contains("sk-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_AfterKeysOfOthers_StillPrintsAFirstKeyOfLocal()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        await cli.RunAsync("", "keys", "create", "--org", "acme");
        await cli.RunAsync("", "keys", "create", "--admin");
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> reader) = cli.Serve(stop.Token);
        List<string> lines = await ReadToReadyAsync(running, reader);
        await stop.CancelAsync();
        await running;

        Assert.Contains("(tier enterprise", Assert.Single(lines, line => line.StartsWith("Key ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortInUse_IsOneLineAndItsExitCode()
    {
        using CliHarness cli = new();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string url = $"http://{taken.LocalEndpoint}";
        (int code, _, string error) = await cli.RunAsync("", "serve", "--urls", url);

        Assert.Equal(4, code);
        Assert.Equal($"baltoro: cannot listen on {url}: the address is in use by another process; choose another with --urls\n", error);
    }

    [Theory]
    [InlineData(3, "--urls must be an address", "serve", "--urls", "nonsense")]
    [InlineData(3, "cannot be read", "serve", "--config", "/none.json")]
    [InlineData(5, "expected a folder, found a file", "serve", "--data", "/etc/passwd")]
    [InlineData(2, "--port", "serve", "--port", "80")]
    [InlineData(2, "unknown command 'srve'; did you mean 'baltoro serve'? (see baltoro --help)", "srve")]
    [InlineData(2, "unknown command 'nonsense'; there are serve, chat, keys", "nonsense")]
    [InlineData(2, "unknown command 'creat'; did you mean 'baltoro keys create'? (see baltoro keys --help)", "keys", "creat")]
    [InlineData(2, "baltoro keys needs a command: create, list, revoke, rotate", "keys")]
    [InlineData(2, "unknown option '--nonsense' (see baltoro --help)", "--nonsense")]
    public async Task Serve_BadStart_IsOneLineAndItsExitCode(int exitCode, string part, params string[] args)
    {
        using CliHarness cli = new();
        (int code, _, string error) = await cli.RunAsync("", args);

        Assert.Equal(exitCode, code);
        Assert.StartsWith("baltoro: ", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<List<string>> ReadToReadyAsync(Task<int> running, ChannelReader<string> reader)
    {
        List<string> lines = [];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        do
        {
            Assert.False(running.IsFaulted, running.Exception?.ToString());
            lines.Add(await reader.ReadAsync(limit.Token));
        }
        while (!lines[^1].StartsWith("ready http://", StringComparison.Ordinal));
        return lines;
    }

    private static async Task<string?> AskAsync(string url, string key)
    {
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using StringContent body = new(
            """{"model":"kimi-k2-5","messages":[{"role":"user","content":"Hello!"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync($"{url}/v1/chat/completions", body);
        using JsonDocument reply = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return reply.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
    }
}
