using System.Data.Common;

namespace Baltoro.Storage.Sql;

/// <summary>Runs shared statements on one source, each on a connection of its own or together in one transaction. Safe for concurrent use.</summary>
internal class SqlRunner(ISqlSource source) : ISqlRunner
{
    /// <inheritdoc/>
    public string Where => source.Name;

    /// <summary>All rows of a query.</summary>
    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        DbConnection connection = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            DbCommand command = Command(connection, null, sql, values);
            await using (command.ConfigureAwait(false))
            {
                DbDataReader rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>The first row of a query, or null.</summary>
    public async ValueTask<T?> SingleAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
        where T : class =>
        (await ListAsync(sql, read, cancellationToken, values).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<int>>(
            async work =>
            {
                List<int> changed = [];
                foreach (SqlWrite write in writes)
                {
                    changed.Add(await work.WriteAsync(write).ConfigureAwait(false));
                }

                return (changed, true);
            },
            cancellationToken);

    /// <summary>Runs work in one transaction; commits when it says so, else rolls back.</summary>
    public async ValueTask<TResult> TransactAsync<TResult>(
        Func<SqlWork, ValueTask<(TResult Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        DbConnection connection = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            DbTransaction transaction = await source.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                SqlWork statements = new(
                    (sql, values) => Command(connection, transaction, sql, values), cancellationToken);
                (TResult result, bool commit) = await work(statements).ConfigureAwait(false);
                if (commit)
                {
                    // Not cancelled any more: whoever asked must not be told "failed" about something that was done.
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                }

                return result;
            }
        }
    }

    private DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, object?[] values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters.Add(source.Parameter(index + 1, values[index]));
        }

        return command;
    }
}
