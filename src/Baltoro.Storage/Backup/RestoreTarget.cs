namespace Baltoro.Storage.Backup;

/// <summary>Where a restore goes.</summary>
internal abstract class RestoreTarget
{
    /// <summary>Name for messages, without secrets.</summary>
    public abstract string Where { get; }

    /// <summary>Writes all rows and checks them; what was there before is refused without <paramref name="force"/>.</summary>
    public abstract ValueTask<(long Rows, int Accounts, string? Kept)> FillAsync(
        BackupReader reader, bool force, CancellationToken cancellationToken);

    /// <summary>Writes every table of the backup into an empty database and replays the ledgers.</summary>
    protected static async ValueTask<(long Rows, int Accounts)> LoadAsync(
        IBackupDatabase database, BackupReader reader, CancellationToken cancellationToken)
    {
        Dictionary<string, BackupPart> parts = reader.Manifest.Parts.Where(part => part.Table() is not null)
            .ToDictionary(part => part.Table() ?? "", StringComparer.Ordinal);
        long rows = 0;
        foreach (BackupTable table in await database.TablesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (parts.Remove(table.Name, out BackupPart? part))
            {
                rows += await LoadAsync(database, table, part, reader, cancellationToken).ConfigureAwait(false);
            }
        }

        if (parts.Count > 0)
        {
            throw new StorageException($"backup: found tables that this program does not know: {string.Join(", ", parts.Keys)}");
        }

        // Counters outside the database are of another life: they are rebuilt before the next request of each account.
        await database.ExecuteAsync("UPDATE account SET limits_epoch = ''", cancellationToken).ConfigureAwait(false);
        return (rows, await LedgerCheck.RunAsync(database, cancellationToken).ConfigureAwait(false));
    }

    private static async ValueTask<long> LoadAsync(
        IBackupDatabase database, BackupTable table, BackupPart part, BackupReader reader, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> columns = [];
        using IEnumerator<object?[]> rows = reader.Rows(part, names => columns = names).GetEnumerator();
        bool any = rows.MoveNext(); // reads the columns too
        string[] unknown = [.. columns.Except(table.Columns.Select(column => column.Name), StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            throw new StorageException($"backup: table {table.Name} has columns that this program does not know: {string.Join(", ", unknown)}");
        }

        long count = any
            ? await database.InsertAsync(table, columns, Rest(rows), cancellationToken).ConfigureAwait(false)
            : 0;
        return count == part.Rows
            ? count
            : throw new StorageException($"backup: table {table.Name} has {count} rows, the manifest says {part.Rows}");
    }

    private static IEnumerable<object?[]> Rest(IEnumerator<object?[]> rows)
    {
        do
        {
            yield return rows.Current;
        }
        while (rows.MoveNext());
    }
}
