using System.Data.Common;
using Baltoro.Platform.Identity;

namespace Baltoro.Storage.Sql;

/// <summary>Keys as rows, in the order of <see cref="Columns"/>.</summary>
internal static class KeyRows
{
    public const string Columns = "id, name, organization_id, tier, hash, hint, created_at, rotated_at, revoked_at";

    public static ApiKey Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        OrganizationId = row.GetString(2),
        Tier = row.GetString(3),
        Hash = row.GetFieldValue<byte[]>(4),
        Hint = row.GetString(5),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        RotatedAt = Moment(row, 7),
        RevokedAt = Moment(row, 8),
    };

    public static SqlWrite Insert(ApiKey key) => new(
        $"INSERT INTO api_key ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            key.Id, key.Name, key.OrganizationId, key.Tier, key.Hash.ToArray(), key.Hint, key.CreatedAt.ToUnixTimeMilliseconds(),
            key.RotatedAt?.ToUnixTimeMilliseconds(), key.RevokedAt?.ToUnixTimeMilliseconds(),
        ]);

    private static DateTimeOffset? Moment(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
