using System.Data.Common;
using System.Globalization;
using Baltoro.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>Statements on a connection of their own.</summary>
internal sealed class SqliteRunner(SqliteDatabase database) : ISqlRunner
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, sql, values);
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> list = [];
        while (rows.Read())
        {
            list.Add(read(rows));
        }

        return ValueTask.FromResult<IReadOnlyList<T>>(list);
    }

    /// <inheritdoc/>
    public ValueTask<int> WriteAsync(SqlWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, write.Sql, write.Values);
        return ValueTask.FromResult(command.ExecuteNonQuery());
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, object?[] values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters.AddWithValue(
                string.Create(CultureInfo.InvariantCulture, $"${index + 1}"), values[index] ?? DBNull.Value);
        }

        return command;
    }
}
