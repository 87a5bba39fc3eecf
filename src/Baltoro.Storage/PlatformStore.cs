using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Tiers;
using Baltoro.Storage.Files;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Redis;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Sqlite.Accounts;
using StackExchange.Redis;

namespace Baltoro.Storage;

/// <summary>Everything a server or a command keeps, opened over the store that the settings name.</summary>
public sealed class PlatformStore : IAsyncDisposable
{
    private readonly StoreSettings _settings;
    private readonly List<IAsyncDisposable> _owned = [];

    private PlatformStore(
        StoreSettings settings, ISqlRunner runner, KeyService keys, IDirectoryStore identities,
        (IAccountStore, IAuditLog, ILimitRequestStore) accounts)
    {
        _settings = settings;
        Runner = runner;
        Keys = keys;
        Identities = identities;
        (Accounts, Audit, LimitRequests) = accounts;
    }

    /// <summary>Keys of this store.</summary>
    public KeyService Keys { get; }

    /// <summary>Organizations, projects and members.</summary>
    public IDirectoryStore Identities { get; }

    /// <summary>Limits, balances and ledger.</summary>
    public IAccountStore Accounts { get; }

    public IAuditLog Audit { get; }

    public ILimitRequestStore LimitRequests { get; }

    /// <summary>The database for messages, without secrets.</summary>
    public string Where => Runner.Where;

    /// <summary>What is known of uploaded files; their contents lie elsewhere.</summary>
    public IFileStore Files { get => field ?? throw new InvalidOperationException("the store is not open"); private set; }

    /// <summary>Receipts and kept answers.</summary>
    public PlatformMoney Money { get => field ?? throw new InvalidOperationException("the store is not open"); private set; }

    internal ISqlRunner Runner { get; }

    /// <summary>Opens the store and brings its schema up to date.</summary>
    /// <param name="settings">Which store.</param>
    /// <param name="directory">Home of the SQLite file and the pepper.</param>
    /// <param name="clock">Time of SQLite stores; PostgreSQL and Redis have their own.</param>
    /// <param name="application">What the database's administrator sees of this process.</param>
    /// <param name="tiers">Tiers a key may have; null: the shipped ones.</param>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    public static PlatformStore Open(
        StoreSettings settings, DataDirectory directory, TimeProvider clock, string application = "baltoro",
        TierTable? tiers = null)
    {
        string pepperPath = settings.PepperFile ?? directory.PepperFile;
        KeyPepper pepper = PepperFile.OpenOrCreate(pepperPath);
        PlatformStore store = settings.Kind switch
        {
            StoreKind.Sqlite => OpenSqlite(settings, directory, pepper, pepperPath, clock, tiers),
            StoreKind.Postgres => OpenPostgres(settings, pepper, pepperPath, clock, application, tiers),
            _ => throw new StorageException($"store: found {settings.Kind}, expected Sqlite or Postgres"),
        };
        store.Money = new PlatformMoney(store.Runner, pepper, directory, clock);
        return store;
    }

    /// <summary>Connects to the counters that several nodes share, as the settings say; null: the ledger's store counts. Call once.</summary>
    /// <exception cref="StorageException">Redis is set up in a way that would forget limits.</exception>
    public ISharedLimits? OpenSharedLimits()
    {
        if (_settings.Redis is not string address)
        {
            return null;
        }

        ConnectionMultiplexer connection = RedisConnection.Open(address);
        _owned.Add(connection);
        return new RedisSharedLimits(connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static PlatformStore OpenSqlite(
        StoreSettings settings, DataDirectory directory, KeyPepper pepper, string pepperPath, TimeProvider clock, TierTable? tiers)
    {
        SqliteDatabase database = SqliteDatabase.Open(directory.DatabaseFile, clock);
        KeyService keys = BoundKeys(SqlKeyStore.Over(database), pepper, pepperPath, clock, tiers);
        SqliteAccountStore accounts = SqliteAccountStore.Open(database.Path, clock, settings.Durability);
        PlatformStore store = new(settings, new SqliteRunner(database), keys, SqlDirectoryStore.Over(database), (accounts, accounts, accounts));
        store._owned.Add(accounts);
        store.Files = new SqliteFileStore(database);
        return store;
    }

    private static PlatformStore OpenPostgres(
        StoreSettings settings, KeyPepper pepper, string pepperPath, TimeProvider clock, string application, TierTable? tiers)
    {
        PostgresDatabase database = PostgresDatabase.Open(
            settings.Postgres ?? throw new StorageException("store postgres: no connection string is given"), clock, application);
        try
        {
            KeyService keys = BoundKeys(SqlKeyStore.Over(database), pepper, pepperPath, clock, tiers);
            PostgresAccountStore accounts = new(database);
            PlatformStore store = new(settings, new PostgresRunner(database), keys, SqlDirectoryStore.Over(database), (accounts, accounts, accounts));
            store._owned.Add(database);
            store.Files = new PostgresFileStore(database);
            return store;
        }
        catch (StorageException)
        {
            database.Source.Dispose();
            throw;
        }
    }

    private static KeyService BoundKeys(SqlKeyStore store, KeyPepper pepper, string pepperPath, TimeProvider clock, TierTable? tiers)
    {
        // Once, at start: there is nothing else this thread could do meanwhile.
        store.BindPepperAsync(pepper, pepperPath, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return new KeyService(store, pepper, clock, tiers);
    }
}
