using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Files in PostgreSQL; organizations are decided about one call at a time, whichever node asks.</summary>
public sealed class PostgresFileStore(PostgresDatabase database) : IFileStore
{
    private const string Serialize = "SELECT pg_advisory_xact_lock(hashtext('file'), hashtext($1))";

    /// <inheritdoc/>
    public async ValueTask<FileAddCode> TryAddAsync(StoredFile file, FileQuota quota, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await ExecuteAsync(connection, Serialize, cancellationToken, file.OrganizationId).ConfigureAwait(false);
                FileAddCode code = await DecideAsync(connection, file, quota, cancellationToken).ConfigureAwait(false);
                if (code == FileAddCode.Added)
                {
                    await ExecuteAsync(connection, FileSql.Insert, cancellationToken, FileSql.Values(file)).ConfigureAwait(false);
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                }

                return code;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoredFile?> FindAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        (await PostgresCommands.ListAsync(database.Source, FileSql.Find, FileSql.Read, cancellationToken, organizationId, id).ConfigureAwait(false))
        .FirstOrDefault();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredFile>> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        PostgresCommands.ListAsync(database.Source, FileSql.List, FileSql.Read, cancellationToken, organizationId);

    /// <inheritdoc/>
    public async ValueTask<bool> TryDeleteAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await ExecuteAsync(connection, FileSql.Delete, cancellationToken, organizationId, id).ConfigureAwait(false) == 1;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken) =>
        (await PostgresCommands.ListAsync(database.Source, FileSql.Exists, row => row.GetInt64(0), cancellationToken, id).ConfigureAwait(false))[0] == 1;

    private static async ValueTask<FileAddCode> DecideAsync(
        NpgsqlConnection connection, StoredFile file, FileQuota quota, CancellationToken cancellationToken)
    {
        NpgsqlCommand use = Command(connection, FileSql.Use, file.OrganizationId);
        await using (use.ConfigureAwait(false))
        {
            NpgsqlDataReader row = await use.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                return FileSql.Decide(file, quota, row.GetInt64(0), (long)row.GetDecimal(1));
            }
        }
    }

    private static async ValueTask<int> ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        NpgsqlCommand command = Command(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        NpgsqlCommand command = new(sql, connection);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
