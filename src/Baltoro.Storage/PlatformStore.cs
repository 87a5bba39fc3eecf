using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
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
    private const long FirstKeyLock = 0x62616c746f7231;
    private readonly StoreSettings _settings;
    private readonly PostgresDatabase? _postgres;
    private readonly List<IAsyncDisposable> _owned = [];

    private PlatformStore(
        StoreSettings settings, IKeyStore keyStore, KeyService keys, (IAccountStore, IAuditLog, ILimitRequestStore) accounts, ISqlRunner runner,
        PostgresDatabase? postgres)
    {
        _settings = settings;
        _postgres = postgres;
        KeyStore = keyStore;
        Keys = keys;
        (Accounts, Audit, LimitRequests) = accounts;
        Runner = runner;
    }

    public IKeyStore KeyStore { get; }

    /// <summary>Keys of this store.</summary>
    public KeyService Keys { get; }

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
    /// <exception cref="StorageException">It cannot be opened.</exception>
    public static PlatformStore Open(StoreSettings settings, DataDirectory directory, TimeProvider clock, string application = "baltoro")
    {
        string pepperPath = settings.PepperFile ?? directory.PepperFile;
        KeyPepper pepper = PepperFile.OpenOrCreate(pepperPath);
        PlatformStore store = settings.Kind switch
        {
            StoreKind.Sqlite => OpenSqlite(settings, directory, pepper, pepperPath, clock),
            StoreKind.Postgres => OpenPostgres(settings, pepper, pepperPath, clock, application),
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

    /// <summary>Issues a key only when the store holds none at all, of several nodes that start at once by one; null otherwise.</summary>
    public async ValueTask<IssuedKey?> CreateFirstKeyAsync(KeyRequest request, CancellationToken cancellationToken)
    {
        IAsyncDisposable? turn = _postgres is null
            ? null
            : await _postgres.LockAsync(FirstKeyLock, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Keys.CreateFirstAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (turn is not null)
            {
                await turn.DisposeAsync().ConfigureAwait(false);
            }
        }
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
        StoreSettings settings, DataDirectory directory, KeyPepper pepper, string pepperPath, TimeProvider clock)
    {
        SqliteDatabase database = SqliteDatabase.Open(directory.DatabaseFile, clock);
        SqliteKeyStore keys = new(database);
        keys.BindPepper(pepper, pepperPath);
        SqliteAccountStore accounts = SqliteAccountStore.Open(database.Path, clock, settings.Durability);
        PlatformStore store = new(
            settings, keys, new KeyService(keys, pepper, clock), (accounts, accounts, accounts), new SqliteRunner(database), postgres: null);
        store._owned.Add(accounts);
        store.Files = new SqliteFileStore(database);
        return store;
    }

    private static PlatformStore OpenPostgres(
        StoreSettings settings, KeyPepper pepper, string pepperPath, TimeProvider clock, string application)
    {
        PostgresDatabase database = PostgresDatabase.Open(
            settings.Postgres ?? throw new StorageException("store postgres: no connection string is given"), clock, application);
        try
        {
            PostgresRunner runner = new(database);
            SqlKeyStore keys = new(runner);
            keys.BindPepper(pepper, pepperPath);
            PostgresAccountStore accounts = new(database);
            PlatformStore store = new(
                settings, keys, new KeyService(keys, pepper, clock), (accounts, accounts, accounts), runner, database);
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
}
