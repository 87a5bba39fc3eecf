using System.Data.Common;
using Baltoro.Storage.Migrations;
using Baltoro.Storage.Postgres;

namespace Baltoro.Storage.Backup;

/// <summary>Fills a PostgreSQL database in one transaction; it is whole or as before.</summary>
internal sealed class PostgresRestoreTarget(string connectionString, TimeProvider clock) : RestoreTarget
{
    private const string Servers = """
        SELECT DISTINCT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'baltoro serve%' LIMIT 1
        """;

    private string _where = "";

    public override string Where => _where;

    public override async ValueTask<(long Rows, int Accounts, string? Kept)> FillAsync(
        BackupReader reader, bool force, CancellationToken cancellationToken)
    {
        bool same = reader.Manifest.Store == "Postgres";
        PostgresDatabase database = PostgresDatabase.Open(connectionString, clock, only: same ? reader.Manifest.Migrations : null);
        await using (database.ConfigureAwait(false))
        {
            _where = database.Name;
            (long rows, int accounts) = await FillAsync(database, reader, force, cancellationToken).ConfigureAwait(false);
            PostgresDatabase migrated = PostgresDatabase.Open(connectionString, clock);
            await migrated.DisposeAsync().ConfigureAwait(false);
            return (rows, accounts, null);
        }
    }

    private async ValueTask<(long Rows, int Accounts)> FillAsync(
        PostgresDatabase opened, BackupReader reader, bool force, CancellationToken cancellationToken)
    {
        PostgresBackupDatabase database = await PostgresBackupDatabase.OpenAsync(opened, write: true, cancellationToken).ConfigureAwait(false);
        await using (database.ConfigureAwait(false))
        {
            if (await FirstAsync(database, Servers, cancellationToken).ConfigureAwait(false) is string server)
            {
                throw new StorageException($"{Where}: is in use by '{server}'; stop every server of this database first");
            }

            await CheckSchemaAsync(database, reader, cancellationToken).ConfigureAwait(false);
            if (await FirstAsync(database, "SELECT id FROM api_key UNION ALL SELECT organization_id FROM account LIMIT 1", cancellationToken)
                .ConfigureAwait(false) is not null && !force)
            {
                throw new StorageException($"{Where}: is not empty; restore with --force to replace everything in it");
            }

            IReadOnlyList<BackupTable> tables = await database.TablesAsync(cancellationToken).ConfigureAwait(false);
            await database.ExecuteAsync($"TRUNCATE {BackupTable.List(tables.Select(table => table.Name))}", cancellationToken).ConfigureAwait(false);
            (long rows, int accounts) = await LoadAsync(database, reader, cancellationToken).ConfigureAwait(false);
            await database.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (rows, accounts);
        }
    }

    /// <summary>A database is never taken back to an older schema, so an older backup needs one without tables.</summary>
    private async ValueTask CheckSchemaAsync(PostgresBackupDatabase database, BackupReader reader, CancellationToken cancellationToken)
    {
        string? most = await FirstAsync(database, "SELECT CAST(count(*) AS text) FROM migration", cancellationToken).ConfigureAwait(false);
        int expected = reader.Manifest.Store == "Postgres" ? reader.Manifest.Migrations.Count : Migrator.Scripts("Postgres").Count;
        if (most != expected.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            throw new StorageException(
                $"{Where}: has a newer schema than the backup; restore into a database without tables, it is brought up to date afterwards");
        }
    }

    private static async ValueTask<string?> FirstAsync(PostgresBackupDatabase database, string sql, CancellationToken cancellationToken)
    {
        DbDataReader rows = await database.ReadAsync(sql, cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            return await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? rows.GetString(0) : null;
        }
    }
}
