using System.Data.Common;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Statements on PostgreSQL.</summary>
internal sealed class PostgresRunner(PostgresDatabase database) : ISqlRunner
{
    public string Where => database.Where;

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values) =>
        PostgresCommands.ListAsync(database.Source, sql, read, cancellationToken, values);

    public async ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken)
    {
        // A batch without BEGIN is one transaction.
        NpgsqlBatch batch = database.Source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            List<NpgsqlBatchCommand> commands = [.. writes.Select(PostgresCommands.Of)];
            commands.ForEach(batch.BatchCommands.Add);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return [.. commands.Select(command => checked((int)command.RecordsAffected))];
        }
    }
}
