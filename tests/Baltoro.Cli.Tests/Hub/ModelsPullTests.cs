using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.Cli.Tests.Hub;

/// <summary><c>models pull</c> against a hub of its own.</summary>
public sealed class ModelsPullTests
{
    private static readonly byte[] _weights = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 31 % 251))];

    [Fact]
    public async Task Pull_WholeRepository_BringsWhatAModelNeedsAndOnlyOnce()
    {
        await using LocalHub hub = await StartAsync();
        using CliHarness cli = new();
        using JsonDocument first = JsonDocument.Parse((await PullAsync(cli, hub, "--json")).Output);
        string folder = first.RootElement.GetProperty("path").GetString()!;
        Assert.Equal(Path.Combine(cli.Data, "models", "moonshotai", "tiny"), folder);
        Assert.Equal(3, first.RootElement.GetProperty("fetched").GetInt32());
        Assert.Equal(_weights, await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(folder, "sub", "config.json")));
        Assert.False(File.Exists(Path.Combine(folder, "pytorch_model.bin")));
        Assert.Empty(Directory.GetFiles(folder, "*.partial"));
        using JsonDocument second = JsonDocument.Parse((await PullAsync(cli, hub, "--json")).Output);
        Assert.Equal(0, second.RootElement.GetProperty("fetched").GetInt32());
    }

    [Fact]
    public async Task Pull_CutOff_GoesOnWhereItWas()
    {
        await using LocalHub hub = await StartAsync();
        hub.Cuts.Enqueue(int.MaxValue);
        hub.Cuts.Enqueue(int.MaxValue);
        hub.Cuts.Enqueue(1_500_000);
        using CliHarness cli = new();
        (int code, _, string error) = await PullAsync(cli, hub);
        Assert.True(code == 0, error);
        Assert.Equal(2, hub.Requests.Count(request => request.Name == "model.safetensors"));
        Assert.InRange(hub.Requests.Last(request => request.Name == "model.safetensors").From, 1, 1_500_000);
    }

    [Fact]
    public async Task Pull_HubWithoutRanges_StartsAgain()
    {
        await using LocalHub hub = await StartAsync();
        hub.IgnoresRanges = true;
        hub.Cuts.Enqueue(int.MaxValue);
        hub.Cuts.Enqueue(int.MaxValue);
        hub.Cuts.Enqueue(1_500_000);
        using CliHarness cli = new();
        (int code, _, string error) = await PullAsync(cli, hub);
        Assert.True(code == 0, error);
        Assert.Equal(_weights, await File.ReadAllBytesAsync(Path.Combine(cli.Data, "models", "moonshotai", "tiny", "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tiktoken.model")]
    public async Task Pull_OtherBytesThanPromised_LeavesNoFile(string name)
    {
        await using LocalHub hub = await StartAsync();
        hub.WrongHashes.Add(name);
        using CliHarness cli = new();
        (int code, _, string error) = await PullAsync(cli, hub);
        Assert.Equal(1, code);
        Assert.Contains("expected the hash", error, StringComparison.Ordinal);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(cli.Data, "models", "moonshotai", "tiny"), name + "*"));
    }

    [Theory]
    [InlineData("../evil.gguf")]
    [InlineData("/etc/evil.gguf")]
    [InlineData("a/./b.gguf")]
    [InlineData("c:evil.gguf")]
    [InlineData("a\\..\\evil.gguf")]
    public async Task Pull_NameThatLeadsOutside_IsRefused(string name)
    {
        await using LocalHub hub = await StartAsync();
        hub.Files[name] = [1];
        using CliHarness cli = new();
        (int code, _, string error) = await PullAsync(cli, hub);
        Assert.Equal(1, code);
        Assert.Contains("leads outside", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(cli.Data, "models")));
    }

    [Fact]
    public async Task Pull_WrongArguments_SayWhatIsExpected()
    {
        await using LocalHub hub = await StartAsync();
        using CliHarness cli = new();
        Assert.Contains("OWNER/NAME", (await cli.RunAsync("", "models", "pull", "../x", "--hub", hub.Url)).Error, StringComparison.Ordinal);
        Assert.Contains("http(s)", (await cli.RunAsync("", "models", "pull", "a/b", "--hub", "ftp://x")).Error, StringComparison.Ordinal);
        Assert.Contains("404", (await cli.RunAsync("", "models", "pull", "a/b", "--hub", hub.Url)).Error, StringComparison.Ordinal);
        Assert.Contains("none of the files", (await PullAsync(cli, hub, "--include", "*.xyz")).Error, StringComparison.Ordinal);
        hub.Token = "secret";
        Assert.Contains("HF_TOKEN", (await PullAsync(cli, hub)).Error, StringComparison.Ordinal);
    }

    private static async Task<LocalHub> StartAsync()
    {
        LocalHub hub = await LocalHub.StartAsync();
        hub.Files["sub/config.json"] = "{}"u8.ToArray();
        hub.Files["tiktoken.model"] = Encoding.UTF8.GetBytes(new string('x', 1000));
        hub.Files["model.safetensors"] = _weights;
        hub.Files["pytorch_model.bin"] = [1, 2, 3];
        return hub;
    }

    private static Task<(int ExitCode, string Output, string Error)> PullAsync(CliHarness cli, LocalHub hub, params string[] more) =>
        cli.RunAsync("", ["models", "pull", "moonshotai/tiny", "--hub", hub.Url, .. more]);
}
