using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage.Sql;

/// <summary>Receipts and roots of either database.</summary>
public sealed class SqlReceiptStore : IReceiptStore
{
    private readonly ISqlRunner _sql;

    public SqlReceiptStore(SqliteDatabase database) => _sql = new SqliteRunner(database);

    public SqlReceiptStore(PostgresDatabase database) => _sql = new PostgresRunner(database);

    internal SqlReceiptStore(ISqlRunner sql) => _sql = sql;

    /// <inheritdoc/>
    public async ValueTask<StoredReceipt?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken) =>
        (await _sql.ListAsync(ReceiptSql.Find, ReceiptRows.Receipt, cancellationToken, requestId, organizationId).ConfigureAwait(false))
            .SingleOrDefault();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredReceipt>> ReadAsync(
        string organizationId, string nodeId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        _sql.ListAsync(ReceiptSql.Read, ReceiptRows.Receipt, cancellationToken, organizationId, nodeId, afterSequence, (long)limit);

    /// <inheritdoc/>
    public async ValueTask<RootBasis> BasisAsync(string organizationId, CancellationToken cancellationToken) => new(
        await _sql.ListAsync(ReceiptSql.ReadHeads, ReceiptRows.Head, cancellationToken, organizationId).ConfigureAwait(false),
        (await _sql.ListAsync(ReceiptSql.ReadLastRoot, ReceiptRows.Root, cancellationToken, organizationId).ConfigureAwait(false)).SingleOrDefault(),
        (await _sql.ListAsync(ReceiptSql.ReadOrigin, row => row.GetInt64(0), cancellationToken, organizationId).ConfigureAwait(false)).SingleOrDefault());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SignedRoot>> ReadRootsAsync(
        string organizationId, long afterNumber, int limit, CancellationToken cancellationToken) =>
        _sql.ListAsync(ReceiptSql.ReadRoots, ReceiptRows.Root, cancellationToken, organizationId, afterNumber, (long)limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListUnrootedAsync(int limit, CancellationToken cancellationToken) =>
        _sql.ListAsync(ReceiptSql.ReadUnrooted, row => row.GetString(0), cancellationToken, (long)limit);
}
