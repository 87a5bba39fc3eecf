using Baltoro.Storage.Files;
using Baltoro.Storage.Migrations;

namespace Baltoro.Storage.Backup;

/// <summary>
/// Puts a backup into a store: checks every part of the file, fills the tables in one transaction, replays every ledger before it
/// commits, then writes the files. What was there before is refused, or with force kept aside (SQLite) or replaced (PostgreSQL).
/// </summary>
public static class StoreRestore
{
    /// <summary>Restores <paramref name="file"/> into the store of <paramref name="settings"/>, which no server may be using.</summary>
    /// <exception cref="StorageException">The file is damaged or too new, the store is in use or not empty, or a ledger is not sound.</exception>
    public static async ValueTask<BackupSummary> RunAsync(
        StoreSettings settings, DataDirectory directory, TimeProvider clock, string file, bool force, CancellationToken cancellationToken)
    {
        using BackupReader reader = BackupReader.Open(file);
        string dialect = settings.Kind == StoreKind.Sqlite ? "Sqlite" : "Postgres";
        CheckSchema(reader.Manifest, dialect);
        using DataDirectoryLock held = DataDirectoryLock.Take(directory, clock);
        string pepperPath = settings.PepperFile ?? directory.PepperFile;
        CheckFiles(reader, directory, pepperPath, force);
        RestoreTarget target = settings.Kind == StoreKind.Sqlite
            ? new SqliteRestoreTarget(directory, clock)
            : new PostgresRestoreTarget(settings.Postgres ?? "", clock);
        (long rows, int accounts, string? kept) = await target.FillAsync(reader, force, cancellationToken).ConfigureAwait(false);
        int files = await WriteFilesAsync(reader, directory, pepperPath, cancellationToken).ConfigureAwait(false);
        return new BackupSummary(
            reader.FilePath, target.Where, reader.Manifest.CreatedAt, reader.Manifest.Parts.Count(part => part.Table() is not null), rows, files,
            accounts, kept);
    }

    private static void CheckSchema(BackupManifest manifest, string dialect)
    {
        int[] known = [.. Migrator.Scripts(manifest.Store).Select(script => script.Number)];
        if (known.Length == 0 || manifest.Migrations.Except(known).Any())
        {
            throw new StorageException(
                $"backup of {manifest.Store} with schema {string.Join(", ", manifest.Migrations)} is newer than this program; use the one that wrote it");
        }

        if (manifest.Store != dialect && !manifest.Migrations.SequenceEqual(known))
        {
            throw new StorageException(
                $"backup of {manifest.Store} has an older schema than this program: restore it into {manifest.Store}, back that up and restore the new file here");
        }
    }

    private static void CheckFiles(BackupReader reader, DataDirectory directory, string pepperPath, bool force)
    {
        foreach (BackupPart part in FilesOf(reader))
        {
            string path = BackupFiles.Target(directory, pepperPath, part.Name[BackupPart.FilePrefix.Length..]);
            if (!force && File.Exists(path))
            {
                using Stream wanted = reader.OpenPart(part);
                using MemoryStream copy = new();
                wanted.CopyTo(copy);
                if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(copy.ToArray()))
                {
                    throw new StorageException($"file {path}: is there already with other content; restore with --force to replace it");
                }
            }
        }
    }

    private static async ValueTask<int> WriteFilesAsync(
        BackupReader reader, DataDirectory directory, string pepperPath, CancellationToken cancellationToken)
    {
        int files = 0;
        foreach (BackupPart part in FilesOf(reader))
        {
            string path = BackupFiles.Target(directory, pepperPath, part.Name[BackupPart.FilePrefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? directory.Path);
            string fresh = $"{path}.{Guid.NewGuid():N}";
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            FileStream output = new(fresh, options);
            await using (output.ConfigureAwait(false))
            {
                Stream input = reader.OpenPart(part);
                await using (input.ConfigureAwait(false))
                {
                    await input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
                }

                output.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
            files++;
        }

        return files;
    }

    private static IEnumerable<BackupPart> FilesOf(BackupReader reader) => reader.Manifest.Parts.Where(part => part.Table() is null);
}
