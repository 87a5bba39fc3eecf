using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>Files in SQLite; one statement or one transaction per call, so it is safe beside other processes.</summary>
public sealed class SqliteFileStore(SqliteDatabase database) : IFileStore
{
    /// <inheritdoc/>
    public ValueTask<FileAddCode> TryAddAsync(StoredFile file, FileQuota quota, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        FileAddCode code;
        using (SqliteCommand use = Command(connection, FileSql.Use, file.OrganizationId))
        {
            use.Transaction = transaction;
            using SqliteDataReader row = use.ExecuteReader();
            row.Read();
            code = FileSql.Decide(file, quota, row.GetInt64(0), row.GetInt64(1));
        }

        if (code == FileAddCode.Added)
        {
            using SqliteCommand insert = Command(connection, FileSql.Insert, FileSql.Values(file));
            insert.Transaction = transaction;
            insert.ExecuteNonQuery();
            transaction.Commit();
        }

        return ValueTask.FromResult(code);
    }

    /// <inheritdoc/>
    public ValueTask<StoredFile?> FindAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Rows(FileSql.Find, cancellationToken, organizationId, id).FirstOrDefault());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredFile>> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<StoredFile>>(Rows(FileSql.List, cancellationToken, organizationId));

    /// <inheritdoc/>
    public ValueTask<bool> TryDeleteAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, FileSql.Delete, organizationId, id);
        return ValueTask.FromResult(command.ExecuteNonQuery() == 1);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, FileSql.Exists, id);
        return ValueTask.FromResult(command.ExecuteScalar() is 1L);
    }

    private List<StoredFile> Rows(string sql, CancellationToken cancellationToken, params object[] values)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, sql, values);
        using SqliteDataReader rows = command.ExecuteReader();
        List<StoredFile> files = [];
        while (rows.Read())
        {
            files.Add(FileSql.Read(rows));
        }

        return files;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params object[] values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }
}
