using System.Data.Common;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Statements on the database's pool.</summary>
internal sealed class PostgresRunner(PostgresDatabase database) : ISqlRunner
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values) =>
        PostgresCommands.ListAsync(database.Source, sql, read, cancellationToken, values);

    /// <inheritdoc/>
    public async ValueTask<int> WriteAsync(SqlWrite write, CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = database.Source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(PostgresCommands.Of(write));
            return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
