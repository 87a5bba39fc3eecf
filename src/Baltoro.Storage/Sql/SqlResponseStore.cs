using System.Data.Common;
using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage.Sql;

/// <summary>Kept answers in either database; every step is one statement.</summary>
public sealed class SqlResponseStore : IResponseStore
{
    private const string Taken =
        "kept_response.created_at <= $8 OR (kept_response.content IS NULL AND kept_response.lease_until <= $6 "
        + "AND kept_response.fingerprint = excluded.fingerprint)";

    private const string Claim = $"""
        INSERT INTO kept_response (id, scope, fingerprint, owner, run_id, created_at, lease_until, content)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)
        ON CONFLICT (id) DO UPDATE SET
            owner = CASE WHEN {Taken} THEN excluded.owner ELSE kept_response.owner END,
            lease_until = CASE WHEN {Taken} THEN excluded.lease_until ELSE kept_response.lease_until END,
            fingerprint = CASE WHEN kept_response.created_at <= $8 THEN excluded.fingerprint ELSE kept_response.fingerprint END,
            run_id = CASE WHEN kept_response.created_at <= $8 THEN excluded.run_id ELSE kept_response.run_id END,
            content = CASE WHEN kept_response.created_at <= $8 THEN NULL ELSE kept_response.content END,
            created_at = CASE WHEN kept_response.created_at <= $8 THEN excluded.created_at ELSE kept_response.created_at END
        RETURNING owner, run_id, fingerprint, content
        """;

    private const string Complete = "UPDATE kept_response SET content = $3 WHERE id = $1 AND owner = $2 AND content IS NULL";
    private const string Renew = "UPDATE kept_response SET lease_until = $3 WHERE id = $1 AND owner = $2 AND content IS NULL";
    private const string Forget = "DELETE FROM kept_response WHERE id = $1 AND owner = $2 AND content IS NULL";
    private const string SweepOld = "DELETE FROM kept_response WHERE created_at <= $1";

    private const string SweepFull = """
        DELETE FROM kept_response WHERE id IN (
            SELECT id FROM (
                SELECT id, ROW_NUMBER() OVER newest AS place, SUM(LENGTH(content)) OVER newest AS bytes
                FROM kept_response WHERE content IS NOT NULL
                WINDOW newest AS (PARTITION BY scope ORDER BY created_at DESC, id)) AS kept
            WHERE place > $1 OR bytes > $2)
        """;

    private readonly ISqlRunner _sql;

    public SqlResponseStore(SqliteDatabase database) => _sql = new SqliteRunner(database);

    public SqlResponseStore(PostgresDatabase database) => _sql = new PostgresRunner(database);

    internal SqlResponseStore(ISqlRunner sql) => _sql = sql;

    /// <inheritdoc/>
    public async ValueTask<ClaimedKey> ClaimAsync(KeyClaim claim, CancellationToken cancellationToken)
    {
        IReadOnlyList<ClaimedKey> rows = await _sql.ListAsync(
            Claim, Read, cancellationToken, claim.Id.ToArray(), claim.Scope, claim.Fingerprint.ToArray(), claim.Owner,
            Guid.NewGuid().ToString("N"), claim.NowMs, claim.LeaseUntilMs, claim.ExpiredMs).ConfigureAwait(false);
        return rows[0];
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(
        ReadOnlyMemory<byte> id, string owner, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await _sql.WriteAsync([new SqlWrite(Complete, [id.ToArray(), owner, content.ToArray()])], cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask RenewAsync(ReadOnlyMemory<byte> id, string owner, long leaseUntilMs, CancellationToken cancellationToken) =>
        await _sql.WriteAsync([new SqlWrite(Renew, [id.ToArray(), owner, leaseUntilMs])], cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(ReadOnlyMemory<byte> id, string owner, CancellationToken cancellationToken) =>
        await _sql.WriteAsync([new SqlWrite(Forget, [id.ToArray(), owner])], cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<int> SweepAsync(long olderThanMs, int mostPerScope, long mostBytesPerScope, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> removed = await _sql.WriteAsync(
            [new SqlWrite(SweepOld, [olderThanMs]), new SqlWrite(SweepFull, [(long)mostPerScope, mostBytesPerScope])], cancellationToken)
            .ConfigureAwait(false);
        return removed.Sum();
    }

    private static ClaimedKey Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? (ReadOnlyMemory<byte>?)null : row.GetFieldValue<byte[]>(3));
}
