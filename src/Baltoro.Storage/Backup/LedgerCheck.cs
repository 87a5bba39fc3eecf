using System.Data.Common;
using Baltoro.Platform.Ledger;
using Baltoro.Storage.Sql;

namespace Baltoro.Storage.Backup;

/// <summary>Replays every ledger inside the transaction of a restore, before it is committed.</summary>
internal static class LedgerCheck
{
    private const long Batch = 5_000;

    /// <summary>Returns how many accounts were replayed.</summary>
    /// <exception cref="StorageException">One does not give its stored balances; the message names the first bad entry.</exception>
    public static async ValueTask<int> RunAsync(IBackupDatabase database, CancellationToken cancellationToken)
    {
        List<string> organizations = await ListAsync(
            database, AccountSql.ReadOrganizations, row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        foreach (string organization in organizations)
        {
            LedgerReport report = await VerifyAsync(database, organization, cancellationToken).ConfigureAwait(false);
            if (!report.IsSound)
            {
                string at = report.FirstBadSequence is long bad ? $"entry {bad}, " : "";
                throw new StorageException($"backup: the ledger of {organization} is not sound: {at}{report.Problem}");
            }
        }

        return organizations.Count;
    }

    private static async ValueTask<LedgerReport> VerifyAsync(
        IBackupDatabase database, string organization, CancellationToken cancellationToken)
    {
        Book stored = await ReadBookAsync(database, organization, cancellationToken).ConfigureAwait(false);
        LedgerVerifier verifier = new(organization);
        long after = 0;
        while (true)
        {
            List<LedgerEntry> entries = await ListAsync(
                database, AccountSql.ReadEntries, AccountRows.Entry, cancellationToken, organization, after, Batch).ConfigureAwait(false);
            verifier.Add(entries);
            if (entries.Count < Batch)
            {
                return verifier.Finish(stored);
            }

            after = entries[^1].Sequence;
        }
    }

    private static async ValueTask<Book> ReadBookAsync(IBackupDatabase database, string organization, CancellationToken cancellationToken)
    {
        (long sequence, byte[] head) = (await ListAsync(
            database, AccountSql.ReadAccount, row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellationToken, organization)
            .ConfigureAwait(false))[0];
        Book book = Book.Empty(organization) with { Sequence = sequence, Head = head };
        AccountBalance[] balances = [.. book.Accounts];
        await ListAsync(
            database, AccountSql.ReadBalances, row => balances[row.GetInt32(0)] = AccountRows.Balance(row), cancellationToken, organization)
            .ConfigureAwait(false);
        return book with { Accounts = [.. balances] };
    }

    private static async ValueTask<List<T>> ListAsync<T>(
        IBackupDatabase database, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        DbDataReader rows = await database.ReadAsync(sql, cancellationToken, values).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            List<T> list = [];
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                list.Add(read(rows));
            }

            return list;
        }
    }
}
