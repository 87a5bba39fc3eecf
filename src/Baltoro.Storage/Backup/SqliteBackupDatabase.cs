using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Backup;

/// <summary>SQLite for backup and restore. Reading sees one moment of the file and holds up no writer (write-ahead log).</summary>
internal sealed class SqliteBackupDatabase : IBackupDatabase
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    private SqliteBackupDatabase(SqliteConnection connection, SqliteTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    public string Dialect => "Sqlite";

    public string Where => _connection.DataSource;

    /// <summary>Opens a snapshot, or with <paramref name="write"/> a transaction that fills the file.</summary>
    public static SqliteBackupDatabase Open(string path, bool write)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            ForeignKeys = false,
            Pooling = false,
        }.ToString());
        connection.Open();
        return new SqliteBackupDatabase(connection, connection.BeginTransaction(deferred: !write));
    }

    public ValueTask<IReadOnlyList<BackupTable>> TablesAsync(CancellationToken cancellationToken)
    {
        List<string> names = List("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migration' "
            + "ORDER BY name", row => row.GetString(0));
        return ValueTask.FromResult<IReadOnlyList<BackupTable>>(
        [
            .. names.Select(name => new BackupTable(
                name,
                List($"SELECT name, type FROM pragma_table_info('{name}') ORDER BY cid", row => new BackupColumn(row.GetString(0), row.GetString(1))))),
        ]);
    }

    public ValueTask<DbDataReader> ReadAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<DbDataReader>(Command(sql, values).ExecuteReader());
    }

    public ValueTask<long> InsertAsync(
        BackupTable table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        string marks = string.Join(", ", columns.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}")));
        using SqliteCommand insert = Command(
            $"INSERT INTO {BackupTable.Quote(table.Name)} ({BackupTable.List(columns)}) VALUES ({marks})", [.. columns.Select(_ => (object?)null)]);
        insert.Prepare();
        long count = 0;
        foreach (object?[] row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int index = 0; index < row.Length; index++)
            {
                insert.Parameters[index].Value = row[index] ?? DBNull.Value;
            }

            insert.ExecuteNonQuery();
            count++;
        }

        return ValueTask.FromResult(count);
    }

    public ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteCommand command = Command(sql, []);
        command.ExecuteNonQuery();
        return ValueTask.CompletedTask;
    }

    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (List("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", row => row.GetString(0)) is [string table])
        {
            throw new StorageException($"backup: a row of {table} names another row that is not there");
        }

        _transaction.Commit();
        using SqliteCommand check = Command("PRAGMA integrity_check(1)", []);
        check.Transaction = null;
        return check.ExecuteScalar() is "ok"
            ? ValueTask.CompletedTask
            : throw new StorageException($"database {Where}: integrity_check failed after the rows were written");
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private List<T> List<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = Command(sql, []);
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> list = [];
        while (rows.Read())
        {
            list.Add(read(rows));
        }

        return list;
    }

    private SqliteCommand Command(string sql, object?[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${index + 1}"), values[index] ?? DBNull.Value);
        }

        return command;
    }
}
