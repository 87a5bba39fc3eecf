using System.Data.Common;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>Shared statements on PostgreSQL.</summary>
internal sealed class PostgresSource(PostgresDatabase database) : ISqlSource
{
    public string Name => database.Name;

    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    public DbParameter Parameter(int position, object? value) => new NpgsqlParameter { Value = value ?? DBNull.Value };
}
