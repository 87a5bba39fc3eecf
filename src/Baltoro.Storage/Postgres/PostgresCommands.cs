using System.Data.Common;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Shared statements as PostgreSQL commands.</summary>
internal static class PostgresCommands
{
    public static NpgsqlBatchCommand Of(SqlWrite statement) => Of(statement.Sql, statement.Values);

    public static NpgsqlBatchCommand Of(string sql, params object?[] values)
    {
        NpgsqlBatchCommand command = new(sql);
        foreach (object? value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>All rows of one query.</summary>
    public static async ValueTask<IReadOnlyList<T>> ListAsync<T>(
        NpgsqlDataSource source, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        NpgsqlCommand command = source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            foreach (object? value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
            }

            NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
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
}
