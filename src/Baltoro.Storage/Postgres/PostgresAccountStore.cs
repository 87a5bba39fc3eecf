using System.Collections.Concurrent;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Accounts in PostgreSQL, for several nodes. Time is the database's, so the nodes' clocks do not matter.</summary>
/// <param name="database">Where.</param>
/// <param name="clock">A clock in place of the database's; for tests.</param>
public sealed class PostgresAccountStore(PostgresDatabase database, TimeProvider? clock = null)
    : IAccountStore, IAuditLog, ILimitRequestStore
{
    private const int MostLanes = 10_000;
    private const string ServerNow =
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    private readonly NpgsqlDataSource _source = database.Source;
    private readonly ServerClock _clock = new();
    private readonly ConcurrentDictionary<string, AccountLane> _lanes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<TResult> TransactAsync<TResult>(
        AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellationToken)
    {
        if (_lanes.Count > MostLanes)
        {
            // A lane that still works finishes on its own; it only remembers what another one has to read again.
            _lanes.Clear();
        }

        AccountLane lane = _lanes.GetOrAdd(query.OrganizationId, name => new AccountLane(_source, name, _clock, NowMs));
        return await lane.RunAsync(query, decide, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<int> RenewAsync(IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = _source.CreateCommand(
            $"UPDATE reservation SET lease_until = coalesce($3, {ServerNow}) + $2 WHERE request_id = ANY($1) AND state = 0");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = requestIds.ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = leaseMs });
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = NowMs() ?? (object)DBNull.Value });
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Reservation>> ListLapsedAsync(string? nodeId, int limit, CancellationToken cancellationToken) =>
        nodeId is not null
            ? ReadAsync(AccountSql.ReadPendingOfNode, AccountRows.Reservation, cancellationToken, nodeId, (long)limit)
            : NowMs() is long nowMs
                ? ReadAsync(AccountSql.ReadLapsed, AccountRows.Reservation, cancellationToken, nowMs, (long)limit)
                : ReadAsync(
                    AccountSql.ReadLapsed.Replace("$1", ServerNow, StringComparison.Ordinal).Replace("$2", "$1", StringComparison.Ordinal),
                    AccountRows.Reservation, cancellationToken, (long)limit);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Reservation>> ListCountedAsync(string organizationId, CancellationToken cancellationToken)
    {
        long nowMs = NowMs()
            ?? (await ReadAsync($"SELECT {ServerNow}", row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];
        return await ReadAsync(
            AccountSql.ReadCounted, AccountRows.Reservation, cancellationToken, organizationId, CountedSince.Ms(nowMs)).ConfigureAwait(false);
    }

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
        await WriteAsync(AccountWrites.AuditWrite(change), cancellationToken).ConfigureAwait(false);

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
    public async ValueTask<bool> TryAddAsync(LimitRequest request, int mostOpen, CancellationToken cancellationToken)
    {
        // One batch is one transaction; its second statement sees what was committed while the first one waited.
        NpgsqlBatch batch = _source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(PostgresCommands.Of(new SqlWrite(AccountSql.LockLimitRequests, [request.OrganizationId])));
            batch.BatchCommands.Add(PostgresCommands.Of(AccountWrites.LimitRequestWrite(request, mostOpen)));
            return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
        }
    }

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
    public async ValueTask<bool> TryDecideAsync(LimitRequest decided, CancellationToken cancellationToken) =>
        await WriteAsync(
            new SqlWrite(AccountSql.DecideLimitRequest, [decided.Id, (long)decided.State, decided.DecidedBy, decided.DecidedAtMs]),
            cancellationToken).ConfigureAwait(false) == 1;

    private async ValueTask<int> WriteAsync(SqlWrite write, CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = _source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(PostgresCommands.Of(write));
            return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        string sql, Func<System.Data.Common.DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values) =>
        PostgresCommands.ListAsync(_source, sql, read, cancellationToken, values);

    private long? NowMs() => clock?.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Nothing was committed and a second try may do: serialization, deadlock, or two writers of one new id.</summary>
    internal static bool MayRepeat(PostgresException fault) => fault.SqlState is
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation;
}
