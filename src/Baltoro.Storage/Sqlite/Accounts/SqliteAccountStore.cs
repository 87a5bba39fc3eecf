using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Storage.Migrations;
using Baltoro.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>
/// Accounts in one SQLite file: write-ahead log, one writer with group commit, readers beside it. Other processes may
/// work on the same file; each transaction is immediate and reads afresh.
/// </summary>
public sealed class SqliteAccountStore : IAccountStore, IAuditLog, ILimitRequestStore, IAsyncDisposable
{
    private const int BusyTimeoutSeconds = 10;
    private readonly string _connectionString;
    private readonly TimeProvider _clock;
    private readonly SqliteWriter _writer;
    private readonly SqliteCheckpointer _checkpointer;

    private SqliteAccountStore(string connectionString, SqliteConnection connection, TimeProvider clock)
    {
        _connectionString = connectionString;
        _clock = clock;
        _writer = new SqliteWriter(connection);
        _checkpointer = new SqliteCheckpointer(connectionString);
    }

    /// <summary>Opens the file, creating it when missing, checks it and brings its schema up to date.</summary>
    /// <exception cref="StorageException">Not a database, damaged, or newer than this program.</exception>
    public static SqliteAccountStore Open(
        string path, TimeProvider clock, SqliteDurability durability = SqliteDurability.Process)
    {
        string text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            DefaultTimeout = BusyTimeoutSeconds,
            Mode = SqliteOpenMode.ReadWriteCreate,
        }.ToString();
        SqliteConnection connection = new(text);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, durability == SqliteDurability.PowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            Execute(connection, "PRAGMA wal_autocheckpoint = 32768"); // 128 MiB; see SqliteCheckpointer
            CheckSound(connection, path);
            Migrator.Run(connection, "Sqlite", path, () => connection.BeginTransaction(deferred: false), clock);
            return new SqliteAccountStore(text, connection, clock);
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new StorageException($"database {path}: cannot be opened ({fault.Message})", fault);
        }
        catch (StorageException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<TResult> TransactAsync<TResult>(
        AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            session =>
            {
                AccountView view = session.Load(query, NowMs());
                AccountDecision<TResult> decision = decide(view);
                if (!decision.Change.IsEmpty)
                {
                    session.Apply(view, decision.Change);
                }

                return decision.Result;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> RenewAsync(IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            session => requestIds.Sum(id => session.Write(new SqlWrite(AccountSql.Renew, [id, NowMs() + leaseMs]))), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Reservation>> ListLapsedAsync(string? nodeId, int limit, CancellationToken cancellationToken) =>
        nodeId is null
            ? ReadAsync(AccountSql.ReadLapsed, AccountRows.Reservation, cancellationToken, NowMs(), (long)limit)
            : ReadAsync(AccountSql.ReadPendingOfNode, AccountRows.Reservation, cancellationToken, nodeId, (long)limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Reservation>> ListCountedAsync(string organizationId, CancellationToken cancellationToken) =>
        ReadAsync(AccountSql.ReadCounted, AccountRows.Reservation, cancellationToken, organizationId, CountedSince.Ms(NowMs()));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken) =>
        ReadAsync(AccountSql.ReadOrganizations, row => row.GetString(0), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerEntry>> ReadEntriesAsync(
        string organizationId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        ReadAsync(AccountSql.ReadEntries, AccountRows.Entry, cancellationToken, organizationId, afterSequence, (long)limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(
        string? organizationId, int fromDay, int toDay, CancellationToken cancellationToken) =>
        organizationId is null
            ? ReadAsync(AccountSql.ReadUsage, AccountRows.Usage, cancellationToken, (long)fromDay, (long)toDay)
            : ReadAsync(AccountSql.ReadUsageOfOrganization, AccountRows.Usage, cancellationToken, (long)fromDay, (long)toDay, organizationId);

    /// <inheritdoc/>
    public async ValueTask AppendAsync(AuditEvent change, CancellationToken cancellationToken) =>
        await _writer.RunAsync(session => session.Write(AccountWrites.AuditWrite(change)), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEvent>> ListAsync(string? organizationId, int limit, CancellationToken cancellationToken) =>
        organizationId is null
            ? ReadAsync(AccountSql.ReadAudit, AccountRows.Audit, cancellationToken, (long)limit)
            : ReadAsync(AccountSql.ReadAuditOfOrganization, AccountRows.Audit, cancellationToken, (long)limit, organizationId);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEvent>> ListAfterAsync(
        string? organizationId, string? afterId, int limit, CancellationToken cancellationToken) => (organizationId, afterId) switch
        {
            (_, null) => ListAsync(organizationId, limit, cancellationToken),
            (null, string after) => ReadAsync(AccountSql.ReadAuditAfter, AccountRows.Audit, cancellationToken, (long)limit, after),
            (string organization, string after) => ReadAsync(
                AccountSql.ReadAuditOfOrganizationAfter, AccountRows.Audit, cancellationToken, (long)limit, organization, after),
        };

    /// <inheritdoc/>
    public ValueTask<bool> TryAddAsync(LimitRequest request, int mostOpen, CancellationToken cancellationToken) =>
        _writer.RunAsync(session => session.Write(AccountWrites.LimitRequestWrite(request, mostOpen)) == 1, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<LimitRequest?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(AccountSql.ReadLimitRequest, AccountRows.LimitRequest, cancellationToken, id).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LimitRequest>> ListAsync(string? organizationId, CancellationToken cancellationToken)
    {
        IReadOnlyList<LimitRequest> all =
            await ReadAsync(AccountSql.ReadLimitRequests, AccountRows.LimitRequest, cancellationToken).ConfigureAwait(false);
        return organizationId is null ? all : [.. all.Where(request => request.OrganizationId == organizationId)];
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryDecideAsync(LimitRequest decided, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            session => session.Write(new SqlWrite(
                AccountSql.DecideLimitRequest, [decided.Id, (long)decided.State, decided.DecidedBy, decided.DecidedAtMs])) == 1,
            cancellationToken);

    /// <summary>Finishes what is queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkpointer.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        string sql, Func<SqliteDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SqliteConnection connection = new(_connectionString);
        connection.Open();
        using SqliteSession session = new(connection);
        return ValueTask.FromResult<IReadOnlyList<T>>(session.List(sql, read, values));
    }

    private long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static void CheckSound(SqliteConnection connection, string path)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and object found)
        {
            throw new StorageException($"database {path}: damaged, quick_check says '{found}', expected 'ok'; restore a backup");
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
