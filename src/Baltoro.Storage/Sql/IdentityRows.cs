using System.Data.Common;
using Baltoro.Platform.Identity;

namespace Baltoro.Storage.Sql;

/// <summary>Rows to records and back, in the column order of <see cref="IdentitySql"/>.</summary>
internal static class IdentityRows
{
    private const char Separator = '\n';

    public static Organization Organization(DbDataReader row) => new(row.GetString(0), row.GetString(1))
    {
        CreatedAt = Moment(row.GetInt64(2)),
        Version = row.GetInt64(3),
    };

    public static Project Project(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrganizationId = row.GetString(1),
        Name = row.GetString(2),
        CreatedAt = Moment(row.GetInt64(3)),
        ArchivedAt = MomentOrNull(row, 4),
        Version = row.GetInt64(5),
    };

    public static Member Member(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrganizationId = row.GetString(1),
        Email = row.GetString(2),
        Name = row.GetString(3),
        Role = (Role)row.GetInt64(4),
        CreatedAt = Moment(row.GetInt64(5)),
        Version = row.GetInt64(6),
    };

    public static ApiKey Key(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        OrganizationId = row.GetString(2),
        ProjectId = row.GetString(3),
        MemberId = row.GetString(4),
        Kind = (KeyKind)row.GetInt64(5),
        Tier = row.GetString(6),
        Scopes = (KeyScopes)row.GetInt64(7),
        Role = (Role)row.GetInt64(8),
        Models = Texts(row.GetString(9)),
        Networks = Networks(row.GetString(0), row.GetString(10)),
        Hash = row.GetFieldValue<byte[]>(11),
        PreviousHash = row.IsDBNull(12) ? [] : row.GetFieldValue<byte[]>(12),
        PreviousUntil = MomentOrNull(row, 13),
        Hint = row.GetString(14),
        CreatedAt = Moment(row.GetInt64(15)),
        ExpiresAt = MomentOrNull(row, 16),
        RotatedAt = MomentOrNull(row, 17),
        RevokedAt = MomentOrNull(row, 18),
        LastUsedAt = MomentOrNull(row, 19),
        Version = row.GetInt64(20),
    };

    public static HeldKey Held(DbDataReader row) =>
        new(Key(row), row.IsDBNull(21) ? null : (Role)row.GetInt64(21), !row.IsDBNull(22));

    public static object?[] Values(ApiKey key) =>
    [
        key.Id, key.Name, key.OrganizationId, key.ProjectId, key.MemberId, (long)key.Kind, key.Tier, (long)key.Scopes, (long)key.Role,
        Text(key.Models), Text(key.Networks.Texts), key.Hash.ToArray(), Hash(key.PreviousHash), Ms(key.PreviousUntil), key.Hint,
        Ms(key.CreatedAt), Ms(key.ExpiresAt), Ms(key.RotatedAt), Ms(key.RevokedAt), Ms(key.LastUsedAt), key.Version,
    ];

    /// <summary>A hash, or null where there is none.</summary>
    public static byte[]? Hash(ReadOnlyMemory<byte> hash) => hash.IsEmpty ? null : hash.ToArray();

    public static string Text(IReadOnlyList<string> texts) => string.Join(Separator, texts);

    public static long? Ms(DateTimeOffset? moment) => moment?.ToUnixTimeMilliseconds();

    private static IReadOnlyList<string> Texts(string text) => text.Length == 0 ? [] : text.Split(Separator);

    private static NetworkList Networks(string id, string text)
    {
        if (text.Length == 0)
        {
            return NetworkList.Empty;
        }

        // A list that cannot be read must not become one that allows everything.
        return NetworkList.TryParse(text.Split(Separator), out string problem)
            ?? throw new StorageException($"key {id}, networks: {problem}");
    }

    private static DateTimeOffset Moment(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? MomentOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Moment(row.GetInt64(column));
}
