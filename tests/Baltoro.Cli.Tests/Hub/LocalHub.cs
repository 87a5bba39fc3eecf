using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Baltoro.Cli.Tests.Hub;

/// <summary>A model hub on a free local port that can be told to misbehave.</summary>
internal sealed class LocalHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication _app;

    private LocalHub(WebApplication app) => _app = app;

    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Files whose promised hash is another one.</summary>
    public HashSet<string> WrongHashes { get; } = [];

    /// <summary>Requests for file contents: name and first byte.</summary>
    public List<(string Name, long From)> Requests { get; } = [];

    /// <summary>Bytes after which the next answers break off; taken one by one.</summary>
    public Queue<int> Cuts { get; } = new();

    public bool IgnoresRanges { get; set; }

    public string? Token { get; set; }

    public string Url => _app.Urls.First();

    public static async Task<LocalHub> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        LocalHub hub = new(app);
        app.Run(hub.AnswerAsync);
        await app.StartAsync();
        return hub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        string path = http.Request.Path.Value!;
        if (Token is not null && http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            http.Response.StatusCode = 401;
        }
        else if (path == "/api/models/moonshotai/tiny/revision/main")
        {
            await http.Response.WriteAsync(Listing());
        }
        else if (path.StartsWith($"/moonshotai/tiny/resolve/{Commit}/", StringComparison.Ordinal)
            && Files.TryGetValue(path[$"/moonshotai/tiny/resolve/{Commit}/".Length..], out byte[]? bytes))
        {
            await SendAsync(http, path[$"/moonshotai/tiny/resolve/{Commit}/".Length..], bytes);
        }
        else
        {
            http.Response.StatusCode = 404;
        }
    }

    private async Task SendAsync(HttpContext http, string name, byte[] bytes)
    {
        string? range = http.Request.Headers.Range;
        int from = range is null || IgnoresRanges ? 0 : int.Parse(range["bytes=".Length..^1]);
        Requests.Add((name, range is null ? 0 : int.Parse(range["bytes=".Length..^1])));
        if (from > 0)
        {
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        http.Response.ContentLength = bytes.Length - from;
        if (Cuts.TryDequeue(out int cut) && cut < bytes.Length - from)
        {
            await http.Response.Body.WriteAsync(bytes.AsMemory(from, cut));
            await http.Response.Body.FlushAsync();
            http.Abort();
            return;
        }

        await http.Response.Body.WriteAsync(bytes.AsMemory(from));
    }

    private string Listing() => JsonSerializer.Serialize(new
    {
        sha = Commit,
        siblings = Files.Select(file => new
        {
            rfilename = file.Key,
            size = file.Value.Length,
            blobId = Blob(file),
            lfs = file.Key.EndsWith(".safetensors", StringComparison.Ordinal) ? new { sha256 = Sha256(file) } : null,
        }),
    });

    private string Sha256(KeyValuePair<string, byte[]> file) =>
        WrongHashes.Contains(file.Key) ? new string('a', 64) : Convert.ToHexStringLower(SHA256.HashData(file.Value));

    private string Blob(KeyValuePair<string, byte[]> file) => WrongHashes.Contains(file.Key)
        ? new string('b', 40)
        : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {file.Value.Length}\0"), .. file.Value]));
}
