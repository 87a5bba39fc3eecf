using System.Data.Common;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Vouchers;

namespace Baltoro.Storage.Sql;

/// <summary>Vouchers of either database.</summary>
internal sealed class SqlVoucherStore(ISqlRunner sql) : IVoucherStore
{
    private const string Columns =
        "id, code_hash, amount_nano, organization_id, created_at, created_by, expires_at, redeemed_by, redeemed_at";

    private const string Add =
        $"INSERT INTO voucher ({Columns}) VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, NULLIF($7, 0), NULL, NULL)";

    private const string Find = $"SELECT {Columns} FROM voucher WHERE code_hash = $1";
    private const string ReadNewest = $"SELECT {Columns} FROM voucher ORDER BY created_at DESC, id LIMIT $1";

    private const string Claim = """
        UPDATE voucher SET redeemed_by = $2, redeemed_at = COALESCE(redeemed_at, $3)
        WHERE id = $1 AND (organization_id IS NULL OR organization_id = $2)
            AND (redeemed_by = $2 OR (redeemed_by IS NULL AND (expires_at IS NULL OR expires_at > $3)))
        """;

    /// <inheritdoc/>
    public async ValueTask AddAsync(Voucher voucher, CancellationToken cancellationToken) => await sql.WriteAsync(
        [
            new SqlWrite(
                Add,
                [
                    voucher.Id, voucher.CodeHash.ToArray(), voucher.Amount.NanoUsd, voucher.OrganizationId ?? "", voucher.CreatedAtMs,
                    voucher.CreatedBy, voucher.ExpiresAtMs ?? 0L,
                ]),
        ],
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<Voucher?> FindAsync(ReadOnlyMemory<byte> codeHash, CancellationToken cancellationToken) =>
        (await sql.ListAsync(Find, Read, cancellationToken, codeHash.ToArray()).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public async ValueTask<bool> TryClaimAsync(string id, string organizationId, long nowMs, CancellationToken cancellationToken) =>
        (await sql.WriteAsync([new SqlWrite(Claim, [id, organizationId, nowMs])], cancellationToken).ConfigureAwait(false))[0] == 1;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Voucher>> ListAsync(int limit, CancellationToken cancellationToken) =>
        sql.ListAsync(ReadNewest, Read, cancellationToken, (long)limit);

    private static Voucher Read(DbDataReader row) => new(
        row.GetString(0), row.GetFieldValue<byte[]>(1), new Money(row.GetInt64(2)), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4),
        row.GetString(5), row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetInt64(8));
}
