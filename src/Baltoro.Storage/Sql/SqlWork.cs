using System.Data.Common;
using System.Globalization;

namespace Baltoro.Storage.Sql;

/// <summary>Statements inside one transaction. One thread at a time.</summary>
internal sealed class SqlWork(Func<string, object?[], DbCommand> open, CancellationToken cancellationToken)
{
    /// <summary>Runs one statement; returns the rows it changed.</summary>
    public ValueTask<int> WriteAsync(SqlWrite write) => WriteAsync(write.Sql, write.Values);

    /// <summary>Runs one statement; returns the rows it changed.</summary>
    public async ValueTask<int> WriteAsync(string sql, params object?[] values)
    {
        DbCommand command = open(sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The number a query counts.</summary>
    public async ValueTask<long> CountAsync(string sql, params object?[] values)
    {
        DbCommand command = open(sql, values);
        await using (command.ConfigureAwait(false))
        {
            object? found = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return Convert.ToInt64(found, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The first row of a query, or null.</summary>
    public async ValueTask<T?> SingleAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] values)
        where T : class
    {
        DbCommand command = open(sql, values);
        await using (command.ConfigureAwait(false))
        {
            DbDataReader rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? read(rows) : null;
            }
        }
    }
}
