using System.Data;
using System.Data.Common;
using System.Globalization;
using Baltoro.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Baltoro.Storage.Backup;

/// <summary>PostgreSQL for backup and restore: one repeatable-read transaction, rows written by binary COPY.</summary>
internal sealed class PostgresBackupDatabase : IBackupDatabase
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PostgresBackupDatabase(string where, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        Where = where;
        _connection = connection;
        _transaction = transaction;
    }

    public string Dialect => "Postgres";

    public string Where { get; }

    public static async ValueTask<PostgresBackupDatabase> OpenAsync(PostgresDatabase database, bool write, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        PostgresBackupDatabase opened = new(database.Name, connection, transaction);
        if (!write)
        {
            await opened.ExecuteAsync("SET TRANSACTION READ ONLY", cancellationToken).ConfigureAwait(false);
        }

        return opened;
    }

    public async ValueTask<IReadOnlyList<BackupTable>> TablesAsync(CancellationToken cancellationToken)
    {
        List<(string Table, BackupColumn Column)> columns = await ListAsync(
            """
            SELECT c.table_name, c.column_name, c.udt_name FROM information_schema.columns c
            JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'migration'
            ORDER BY c.table_name, c.ordinal_position
            """,
            row => (row.GetString(0), new BackupColumn(row.GetString(1), row.GetString(2))), cancellationToken).ConfigureAwait(false);
        List<(string Table, string Needs)> needs = await ListAsync(
            """
            SELECT child.relname, parent.relname FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid
            JOIN pg_class parent ON parent.oid = k.confrelid JOIN pg_namespace n ON n.oid = child.relnamespace
            WHERE k.contype = 'f' AND n.nspname = current_schema() AND child.oid <> parent.oid
            """,
            row => (row.GetString(0), row.GetString(1)), cancellationToken).ConfigureAwait(false);
        List<BackupTable> left =
            [.. columns.GroupBy(column => column.Table, StringComparer.Ordinal).Select(table => new BackupTable(table.Key, [.. table.Select(column => column.Column)]))];
        return InOrder(left, needs.ToLookup(need => need.Table, need => need.Needs, StringComparer.Ordinal));
    }

    public async ValueTask<DbDataReader> ReadAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        NpgsqlCommand command = new(sql, _connection, _transaction);
        foreach (object? value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long> InsertAsync(
        BackupTable table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        NpgsqlDbType[] types = [.. columns.Select(name => TypeOf(table, name))];
        NpgsqlBinaryImporter importer = await _connection.BeginBinaryImportAsync(
            $"COPY {BackupTable.Quote(table.Name)} ({BackupTable.List(columns)}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            foreach (object?[] row in rows)
            {
                await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
                for (int index = 0; index < row.Length; index++)
                {
                    await WriteAsync(importer, row[index], types[index], cancellationToken).ConfigureAwait(false);
                }
            }

            return checked((long)await importer.CompleteAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    public async ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        using NpgsqlCommand command = new(sql, _connection, _transaction);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Constraints were checked row by row.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken) =>
        await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tables whose rows others name come first.</summary>
    private static List<BackupTable> InOrder(List<BackupTable> left, ILookup<string, string> needs)
    {
        List<BackupTable> ordered = [];
        while (left.Count > 0)
        {
            int next = left.FindIndex(table => needs[table.Name].All(need => ordered.Exists(done => done.Name == need)));
            if (next < 0)
            {
                throw new StorageException($"backup: the tables {string.Join(", ", left.Select(table => table.Name))} name each other in a circle");
            }

            ordered.Add(left[next]);
            left.RemoveAt(next);
        }

        return ordered;
    }

    private static NpgsqlDbType TypeOf(BackupTable table, string column) => table.Columns.First(known => known.Name == column).Type switch
    {
        "int8" => NpgsqlDbType.Bigint,
        "int4" => NpgsqlDbType.Integer,
        "text" => NpgsqlDbType.Text,
        "bytea" => NpgsqlDbType.Bytea,
        "bool" => NpgsqlDbType.Boolean,
        "float8" => NpgsqlDbType.Double,
        string other => throw new StorageException($"backup: column {table.Name}.{column} has the type {other}, which no backup holds"),
    };

    private static Task WriteAsync(NpgsqlBinaryImporter importer, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        (value, type) switch
        {
            (null, _) => importer.WriteNullAsync(cancellationToken),
            (long number, NpgsqlDbType.Integer) => importer.WriteAsync(checked((int)number), type, cancellationToken),
            (long number, NpgsqlDbType.Boolean) => importer.WriteAsync(number != 0, type, cancellationToken),
            (long number, NpgsqlDbType.Double) => importer.WriteAsync((double)number, type, cancellationToken),
            (long number, _) => importer.WriteAsync(number, type, cancellationToken),
            (string text, _) => importer.WriteAsync(text, type, cancellationToken),
            (byte[] bytes, _) => importer.WriteAsync(bytes, type, cancellationToken),
            (double number, _) => importer.WriteAsync(number, type, cancellationToken),
            _ => throw new StorageException(string.Create(CultureInfo.InvariantCulture, $"backup: cannot write a {value.GetType().Name} as {type}")),
        };

    private async ValueTask<List<T>> ListAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        DbDataReader rows = await ReadAsync(sql, cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            List<T> list = [];
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                list.Add(read(rows));
            }

            return list;
        }
    }
}
