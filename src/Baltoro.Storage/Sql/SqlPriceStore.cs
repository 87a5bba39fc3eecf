using System.Data.Common;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Storage.Sql;

/// <summary>The operator's prices and discounts in either database.</summary>
internal sealed class SqlPriceStore(ISqlRunner sql) : IPriceStore
{
    private const string ReadVersions = "SELECT book, id, valid_from, valid_until, recorded_at, models FROM price_version";
    private const string ReadDiscounts = "SELECT name, commitment_nano, steps FROM discount_schedule";

    private const string AddVersion =
        "INSERT INTO price_version (book, id, valid_from, valid_until, recorded_at, models) VALUES ($1, $2, $3, NULLIF($4, 0), $5, $6) ON CONFLICT DO NOTHING";

    private const string AddDiscount =
        "INSERT INTO discount_schedule (name, commitment_nano, steps, recorded_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(string Book, PriceVersion Version)>> ListVersionsAsync(CancellationToken cancellationToken) =>
        sql.ListAsync(ReadVersions, ReadVersion, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryAddAsync(string book, PriceVersion version, CancellationToken cancellationToken) => TryAddAsync(
        new SqlWrite(
            AddVersion,
            [
                book, version.Id, version.ValidFrom.ToUnixTimeMilliseconds(), version.ValidUntil?.ToUnixTimeMilliseconds() ?? 0L,
                version.RecordedAt.ToUnixTimeMilliseconds(), PriceJson.Write(version.Models),
            ]),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DiscountSchedule>> ListDiscountsAsync(CancellationToken cancellationToken) => sql.ListAsync(
        ReadDiscounts,
        row => new DiscountSchedule(row.GetString(0), PriceJson.ReadSteps(row.GetString(2)), new Money(row.GetInt64(1))),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryAddAsync(DiscountSchedule discount, DateTimeOffset recordedAt, CancellationToken cancellationToken) => TryAddAsync(
        new SqlWrite(
            AddDiscount,
            [discount.Name, discount.Commitment.NanoUsd, PriceJson.Write(discount.Steps), recordedAt.ToUnixTimeMilliseconds()]),
        cancellationToken);

    private async ValueTask<bool> TryAddAsync(SqlWrite write, CancellationToken cancellationToken) =>
        (await sql.WriteAsync([write], cancellationToken).ConfigureAwait(false))[0] == 1;

    private static (string Book, PriceVersion Version) ReadVersion(DbDataReader row) => (
        row.GetString(0),
        new PriceVersion(
            row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
            row.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), PriceJson.ReadModels(row.GetString(5))));
}
