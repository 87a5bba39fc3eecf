using System.Data.Common;
using Baltoro.Platform.Files;

namespace Baltoro.Storage.Sql;

/// <summary>Statements about files that both databases understand; parameters are numbered in the order given.</summary>
internal static class FileSql
{
    private const string Columns = "id, organization_id, purpose, name, size_bytes, created_at";

    public const string Use = "SELECT count(*), coalesce(sum(size_bytes), 0) FROM file WHERE organization_id = $1";
    public const string Insert = $"INSERT INTO file ({Columns}) VALUES ($1, $2, $3, $4, $5, $6)";
    public const string Find = $"SELECT {Columns} FROM file WHERE organization_id = $1 AND id = $2";
    public const string List = $"SELECT {Columns} FROM file WHERE organization_id = $1 ORDER BY created_at DESC, id DESC";
    public const string Delete = "DELETE FROM file WHERE organization_id = $1 AND id = $2";
    public const string Exists = "SELECT count(*) FROM file WHERE id = $1";

    public static object[] Values(StoredFile file) =>
        [file.Id, file.OrganizationId, file.Purpose, file.Name, file.SizeBytes, file.CreatedAt.ToUnixTimeMilliseconds()];

    public static StoredFile Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrganizationId = row.GetString(1),
        Purpose = row.GetString(2),
        Name = row.GetString(3),
        SizeBytes = row.GetInt64(4),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
    };

    /// <summary>Whether a file may join <paramref name="count"/> files of <paramref name="bytes"/> bytes.</summary>
    public static FileAddCode Decide(StoredFile file, FileQuota quota, long count, long bytes)
    {
        if (count >= quota.MaxFiles)
        {
            return FileAddCode.TooManyFiles;
        }

        return bytes + file.SizeBytes > quota.MaxTotalBytes ? FileAddCode.TooManyBytes : FileAddCode.Added;
    }
}
