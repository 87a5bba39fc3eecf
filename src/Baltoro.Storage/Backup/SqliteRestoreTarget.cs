using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Backup;

/// <summary>
/// Fills a new file beside the old one and gives it the name when it is whole. The old one is kept under another name, with its
/// log files, so that no log ever meets a database it does not belong to.
/// </summary>
internal sealed class SqliteRestoreTarget(DataDirectory directory, TimeProvider clock) : RestoreTarget
{
    private static readonly string[] _suffixes = ["", "-wal", "-shm"];

    public override string Where => directory.DatabaseFile;

    public override async ValueTask<(long Rows, int Accounts, string? Kept)> FillAsync(
        BackupReader reader, bool force, CancellationToken cancellationToken)
    {
        string path = directory.DatabaseFile;
        if (!force && File.Exists(path) && HoldsKeysOrAccounts(path))
        {
            throw new StorageException($"database {path}: is not empty; restore with --force to put it aside and take the backup's place");
        }

        string fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            bool same = reader.Manifest.Store == "Sqlite";
            SqliteDatabase.Open(fresh, clock, same ? reader.Manifest.Migrations : null);
            (long rows, int accounts) = await LoadAsync(fresh, reader, cancellationToken).ConfigureAwait(false);
            SqliteDatabase.Open(fresh, clock);
            Fold(fresh);
            string? kept = PutAside(path);
            File.Move(fresh, path);
            return (rows, accounts, kept);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Array.ForEach(_suffixes, suffix => File.Delete(fresh + suffix));
        }
    }

    private static async ValueTask<(long Rows, int Accounts)> LoadAsync(string fresh, BackupReader reader, CancellationToken cancellationToken)
    {
        SqliteBackupDatabase database = SqliteBackupDatabase.Open(fresh, write: true);
        await using (database.ConfigureAwait(false))
        {
            (long rows, int accounts) = await LoadAsync(database, reader, cancellationToken).ConfigureAwait(false);
            await database.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (rows, accounts);
        }
    }

    /// <summary>Brings everything from the log into the file, so that the file alone is the database.</summary>
    private static void Fold(string path)
    {
        SqliteConnection.ClearAllPools();
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        SqliteDatabase.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private string? PutAside(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        SqliteConnection.ClearAllPools();
        string kept = $"{path}.before-{clock.GetUtcNow():yyyyMMddTHHmmssZ}";
        foreach (string suffix in _suffixes.Where(suffix => File.Exists(path + suffix)))
        {
            File.Move(path + suffix, kept + suffix, overwrite: true);
        }

        return kept;
    }

    private static bool HoldsKeysOrAccounts(string path)
    {
        try
        {
            using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name IN ('api_key', 'account')";
            if (command.ExecuteScalar() is not 2L)
            {
                return command.ExecuteScalar() is not 0L;
            }

            command.CommandText = "SELECT EXISTS (SELECT 1 FROM api_key) OR EXISTS (SELECT 1 FROM account)";
            return command.ExecuteScalar() is not 0L;
        }
        catch (SqliteException)
        {
            // Whatever it is, it is not ours to replace unasked.
            return true;
        }
    }
}
