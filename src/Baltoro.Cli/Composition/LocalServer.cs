using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>A server in this process on a free port with a data directory of its own, for one command.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly IChatBackend _backend;
    private readonly ServerStore _store;
    private readonly BaltoroServer _server;

    private LocalServer(string folder, IChatBackend backend, ServerStore store, BaltoroServer server, string key)
    {
        _folder = folder;
        _backend = backend;
        _store = store;
        _server = server;
        Key = key;
    }

    public string Url => _server.Addresses[0];

    public string Key { get; }

    public static async Task<LocalServer> StartAsync(CliServices services, string? modelPath, CancellationToken cancellationToken)
    {
        IChatBackend backend = await services.OpenBackend(modelPath, ServerOptionsLoader.DataPath(null, services.Variable), cancellationToken).ConfigureAwait(false);
        string folder = Directory.CreateTempSubdirectory("baltoro-").FullName;
        ServerOptions options = new() { DataPath = folder, Urls = ["http://127.0.0.1:0"] };
        ServerStore store = ServerStore.Open(folder, services.Clock);
        KeyResult key = await store.Keys.CreateAsync(new KeyRequest { Tier = Tier.Enterprise }, cancellationToken).ConfigureAwait(false);
        ServerServices parts = new()
        {
            Keys = store.Keys,
            Models = new ModelDirectory(ModelCatalog.BuiltIn, backend),
            Clock = services.Clock,
        };
        BaltoroServer server = await BaltoroServer.StartAsync(options, parts, cancellationToken).ConfigureAwait(false);
        return new LocalServer(
            folder, backend, store, server, key.Issued?.Text ?? throw new InvalidOperationException(key.Message));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        await _backend.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }
}
