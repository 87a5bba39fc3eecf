using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Cli.Composition;

/// <summary>Keys and accounts for one command, also beside running servers.</summary>
internal sealed class AccountBooks : IAsyncDisposable
{
    private readonly PlatformStore _platform;

    private AccountBooks(PlatformStore platform, ServerOptions options, TimeProvider clock)
    {
        _platform = platform;
        Accounts = ServerAccounts.Over(platform.Accounts, options, clock).Accounts;
    }

    public IAccounts Accounts { get; }

    public IAccountStore Store => _platform.Accounts;

    public KeyService Keys => _platform.Keys;

    public Invoices Invoices => new(_platform.Accounts);

    /// <summary>Opens the store that the settings name.</summary>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    /// <param name="options">Which store, where.</param>
    /// <param name="clock">Time of changes.</param>
    /// <param name="create">Whether a data directory that is not there is made; a command that only looks must not.</param>
    public static AccountBooks Open(ServerOptions options, TimeProvider clock, bool create = false)
    {
        bool holdsDatabase = options.Store.Kind == StoreKind.Sqlite;
        DataDirectory directory = create ? DataDirectory.Open(options.DataPath) : DataDirectory.OpenExisting(options.DataPath, holdsDatabase);
        return new(PlatformStore.Open(options.Store, directory, clock, tiers: options.Tiers), options, clock);
    }

    public ValueTask DisposeAsync() => _platform.DisposeAsync();
}
