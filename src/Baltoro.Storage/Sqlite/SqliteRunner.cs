using System.Data.Common;
using Baltoro.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>Statements on SQLite, each call on a connection of its own; SQLite works synchronously.</summary>
internal sealed class SqliteRunner(SqliteDatabase database) : ISqlRunner
{
    public string Where => database.Path;

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, null, new SqlWrite(sql, values));
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> list = [];
        while (rows.Read())
        {
            list.Add(read(rows));
        }

        return ValueTask.FromResult<IReadOnlyList<T>>(list);
    }

    public ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        List<int> changed = [];
        foreach (SqlWrite write in writes)
        {
            using SqliteCommand command = Command(connection, transaction, write);
            changed.Add(command.ExecuteNonQuery());
        }

        transaction.Commit();
        return ValueTask.FromResult<IReadOnlyList<int>>(changed);
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, SqlWrite statement)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement.Sql;
        command.Transaction = transaction;
        for (int index = 0; index < statement.Values.Length; index++)
        {
            command.Parameters.AddWithValue($"${index + 1}", statement.Values[index] ?? DBNull.Value);
        }

        return command;
    }
}
