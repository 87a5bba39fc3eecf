using Baltoro.Cli.Commands;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Verification;
using Baltoro.Platform.Vouchers;
using Baltoro.Server.Admin;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Cli.Composition;

/// <summary>Keys and accounts for one command, also beside running servers.</summary>
internal sealed class AccountBooks : IAsyncDisposable
{
    private readonly PlatformStore _platform;

    private readonly DataDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly ServerOptions _options;

    private AccountBooks(PlatformStore platform, DataDirectory directory, ServerOptions options, TimeProvider clock)
    {
        _platform = platform;
        _directory = directory;
        _clock = clock;
        _options = options;
        Accounts = ServerAccounts.Over(platform.Accounts, options, clock).Accounts;
    }

    public IAccounts Accounts { get; }

    public IAccountStore Store => _platform.Accounts;

    public KeyService Keys => _platform.Keys;

    public Invoices Invoices => new(_platform.Accounts, _clock);

    /// <summary>Opens the store that the settings name.</summary>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    /// <param name="options">Which store, where.</param>
    /// <param name="clock">Time of changes.</param>
    /// <param name="create">Whether a data directory that is not there is made; a command that only looks must not.</param>
    public static AccountBooks Open(ServerOptions options, TimeProvider clock, bool create = false)
    {
        bool holdsDatabase = options.Store.Kind == StoreKind.Sqlite;
        string path = Path.GetFullPath(options.DataPath);
        bool isNew = holdsDatabase ? !File.Exists(Path.Combine(path, "baltoro.db")) : !System.IO.Directory.Exists(path);
        DataDirectory directory = create ? DataDirectory.Open(options.DataPath) : DataDirectory.OpenExisting(options.DataPath, holdsDatabase);
        return new(PlatformStore.Open(options.Store, directory, clock, tiers: options.Tiers), directory, options, clock) { IsNew = isNew };
    }

    /// <summary>The organization of that id; money of any other would be nobody's.</summary>
    /// <exception cref="StartFailure">There is none.</exception>
    public async ValueTask<string> RequireAsync(string organization, CancellationToken cancellationToken) =>
        await Known.ExistsAsync(organization, cancellationToken).ConfigureAwait(false)
            ? organization
            : throw new StartFailure(
                ExitCode.Failure, $"there is no organization '{organization}'; make it with 'baltoro orgs create' or with its first key");

    /// <summary>Organizations, projects and members.</summary>
    public IDirectoryStore Directory => _platform.Identities;

    /// <summary>Where the store is.</summary>
    public string DataPath => _directory.Path;

    /// <summary>Whether there was no store before it was opened.</summary>
    public bool IsNew { get; private init; }

    /// <summary>What the admin API does, on this store.</summary>
    public async ValueTask<StoreAdmin> AdminAsync(CancellationToken cancellationToken) =>
        new(_platform, (await PricedAsync(cancellationToken).ConfigureAwait(false)).Accounts, _clock);

    /// <summary>Models that the settings serve.</summary>
    public ModelCatalog Models => _options.Catalog;

    private Organizations Known => new(_platform.Identities);

    /// <summary>What a check of the books reads.</summary>
    public IBookSource Books => new StoredBooks(_platform.Accounts, _platform.Money.Receipts);

    /// <summary>The public key of this data directory.</summary>
    public IReadOnlyDictionary<string, ReceiptPublicKey> OwnKeys() => LedgerFiles.OwnKeys(_directory);

    /// <summary>Vouchers of the store.</summary>
    public VoucherService Vouchers => new(_platform.Money.Vouchers, Accounts, Known, _clock);

    /// <summary>Prices and discounts that the operator added.</summary>
    public IPriceStore PriceStore => _platform.Money.Prices;

    /// <summary>Accounts that know the operator's prices.</summary>
    public ValueTask<ServerAccounts> PricedAsync(CancellationToken cancellationToken) =>
        ServerAccounts.OverAsync(_platform, _options, _clock, cancellationToken);

    /// <summary>All prices that apply.</summary>
    public async ValueTask<PriceCatalog> PricesAsync(CancellationToken cancellationToken)
    {
        PriceUpdates? prices = (await PricedAsync(cancellationToken).ConfigureAwait(false)).Prices;
        return prices?.Live ?? throw new InvalidOperationException("accounts over a store know their prices");
    }

    /// <summary>Charges months anew.</summary>
    public async ValueTask<Rerating> RatingAsync(CancellationToken cancellationToken)
    {
        PriceCatalog prices = await PricesAsync(cancellationToken).ConfigureAwait(false);
        return new Rerating(_platform.Accounts, Accounts, prices);
    }

    /// <summary>Roots kept beside the database.</summary>
    public IReadOnlyList<SignedRoot> KeptRoots() => _platform.Money.RootLog.Read();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();
}
