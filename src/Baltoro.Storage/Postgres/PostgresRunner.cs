using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Shared statements on PostgreSQL; several writes go in one round trip.</summary>
internal sealed class PostgresRunner(PostgresDatabase database) : SqlRunner(new PostgresSource(database))
{
    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken)
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
