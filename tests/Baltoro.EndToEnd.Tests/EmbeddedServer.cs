using System.Net.Http.Headers;
using System.Text;
using Baltoro.Backends.Embedded;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Server.Hosting;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>The real server over the real engine and the embedded weights, on a random loopback port.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServerStore _store;
    private BaltoroServer? _server;

    private EmbeddedServer(EmbeddedBackend backend)
    {
        Backend = backend;
        _store = ServerStore.Open(_folder.Path, TimeProvider.System);
    }

    public EmbeddedBackend Backend { get; }

    public CountingSettlement Settlement { get; } = new();

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(3) };

    public static Task<EmbeddedServer> StartAsync() => StartAsync(EmbeddedModelFolder.Require());

    /// <summary>A server of the model in a folder; metered ones count limits and money.</summary>
    public static async Task<EmbeddedServer> StartAsync(string modelFolder, bool isMetered = false)
    {
        EmbeddedServer server = new(await EmbeddedBackend.OpenAsync(modelFolder));
        ServerOptions options = new()
        {
            DataPath = server._folder.Path,
            Urls = ["http://127.0.0.1:0"],
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        };
        KeyResult issued = await server._store.Keys.CreateAsync(new KeyRequest { Tier = "enterprise" }, default);
        ServerServices services = new()
        {
            Keys = server._store.Keys,
            Models = new ModelDirectory(ModelCatalog.BuiltIn, server.Backend),
            Settlement = server.Settlement,
            Files = server._store.Files,
            Accounts = isMetered ? ServerAccounts.Over(server._store, options, TimeProvider.System) : null,
        };
        server._server = await BaltoroServer.StartAsync(options, services, default);
        server.Client.BaseAddress = new Uri(server._server.Addresses[0]);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issued.Issued?.Text);
        return server;
    }

    public Task<HttpResponseMessage> ChatAsync(string body, HttpCompletionOption wait, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return Client.SendAsync(request, wait, cancellationToken);
    }

    /// <summary>Waits until nothing runs and <paramref name="requests"/> requests are settled, half a minute at most: a client may be gone before that.</summary>
    public async Task WaitUntilIdleAsync(int requests)
    {
        for (int attempt = 0; attempt < 1_200 && (Backend.Stats.Running > 0 || Backend.Stats.Waiting > 0 || Settlement.Counts.Count < requests); attempt++)
        {
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            await _server.DisposeAsync();
        }

        Client.Dispose();
        await _store.DisposeAsync();
        await Backend.DisposeAsync();
        _folder.Dispose();
    }
}
