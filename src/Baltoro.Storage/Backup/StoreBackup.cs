using System.Data.Common;
using Baltoro.Storage.Files;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage.Backup;

/// <summary>
/// Writes everything that is stored into one file: the rows of every table as one moment has them, and the files beside the
/// database. Works beside running servers. The file is the same for both stores, so it also moves an installation.
/// It holds the secrets of the data directory: keep it like them.
/// </summary>
public static class StoreBackup
{
    /// <summary>Backs the store of <paramref name="settings"/> up.</summary>
    /// <param name="program">Version written into the file.</param>
    /// <exception cref="StorageException">The store cannot be opened or the file cannot be written.</exception>
    public static async ValueTask<BackupSummary> RunAsync(
        StoreSettings settings, DataDirectory directory, TimeProvider clock, string file, string program, CancellationToken cancellationToken)
    {
        string pepperPath = settings.PepperFile ?? directory.PepperFile;
        PepperFile.OpenOrCreate(pepperPath);
        if (settings.Kind == StoreKind.Sqlite)
        {
            SqliteDatabase database = SqliteDatabase.Open(directory.DatabaseFile, clock);
            SqliteBackupDatabase snapshot = SqliteBackupDatabase.Open(database.Path, write: false);
            await using (snapshot.ConfigureAwait(false))
            {
                return await WriteAsync(snapshot, directory, pepperPath, clock, file, program, cancellationToken).ConfigureAwait(false);
            }
        }

        PostgresDatabase postgres = PostgresDatabase.Open(settings.Postgres ?? "", clock);
        await using (postgres.ConfigureAwait(false))
        {
            PostgresBackupDatabase snapshot = await PostgresBackupDatabase.OpenAsync(postgres, write: false, cancellationToken).ConfigureAwait(false);
            await using (snapshot.ConfigureAwait(false))
            {
                return await WriteAsync(snapshot, directory, pepperPath, clock, file, program, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<BackupSummary> WriteAsync(
        IBackupDatabase database, DataDirectory directory, string pepperPath, TimeProvider clock, string file, string program,
        CancellationToken cancellationToken)
    {
        using BackupWriter writer = new(file);
        IReadOnlyList<int> migrations = await MigrationsAsync(database, cancellationToken).ConfigureAwait(false);
        DateTimeOffset at = clock.GetUtcNow(); // the first read fixed the snapshot
        IReadOnlyList<BackupTable> tables = await database.TablesAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupTable table in tables)
        {
            await writer.AddAsync(
                $"{BackupPart.TablePrefix}{table.Name}{BackupPart.TableSuffix}",
                output => WriteTableAsync(database, table, output, cancellationToken)).ConfigureAwait(false);
        }

        int files = 0;
        foreach ((string name, string path) in BackupFiles.Of(directory, pepperPath))
        {
            if (BackupFiles.Open(path) is not { } input)
            {
                continue;
            }

            await using (input.ConfigureAwait(false))
            {
                await writer.AddAsync(BackupPart.FilePrefix + name, output => CopyAsync(input, output, cancellationToken)).ConfigureAwait(false);
                files++;
            }
        }

        long rows = writer.Parts.Where(part => part.Table() is not null).Sum(part => part.Rows);
        writer.Finish(new BackupManifest(BackupManifest.CurrentFormat, program, at, database.Dialect, migrations, writer.Parts));
        return new BackupSummary(Path.GetFullPath(file), database.Where, at, tables.Count, rows, files);
    }

    private static async ValueTask<IReadOnlyList<int>> MigrationsAsync(IBackupDatabase database, CancellationToken cancellationToken)
    {
        DbDataReader rows = await database.ReadAsync("SELECT number FROM migration ORDER BY number", cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            List<int> numbers = [];
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                numbers.Add(rows.GetInt32(0));
            }

            return numbers;
        }
    }

    private static async ValueTask<long> WriteTableAsync(
        IBackupDatabase database, BackupTable table, Stream output, CancellationToken cancellationToken)
    {
        string[] columns = [.. table.Columns.Select(column => column.Name)];
        RowCodec.WriteHeader(output, columns);
        DbDataReader rows = await database.ReadAsync(
            $"SELECT {BackupTable.List(columns)} FROM {BackupTable.Quote(table.Name)} ORDER BY 1", cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            object?[] row = new object?[columns.Length];
            long count = 0;
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                for (int index = 0; index < row.Length; index++)
                {
                    row[index] = rows.IsDBNull(index) ? null : rows.GetValue(index);
                }

                RowCodec.WriteRow(output, row);
                count++;
            }

            return count;
        }
    }

    private static async ValueTask<long> CopyAsync(FileStream input, Stream output, CancellationToken cancellationToken)
    {
        await input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        return input.Position;
    }
}
