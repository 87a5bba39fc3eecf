using System.Runtime.CompilerServices;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Verification;

/// <summary>The books of a store.</summary>
public sealed class StoredBooks(IAccountStore accounts, IReceiptStore receipts) : IBookSource
{
    private const int Batch = 5_000;
    private const int LastDay = 99_991_231;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken) =>
        accounts.ListOrganizationsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Book> ReadBookAsync(string organizationId, CancellationToken cancellationToken) => accounts.TransactAsync(
        new AccountQuery(organizationId), view => AccountDecision<Book>.Unchanged(view.Book), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<LedgerEntry> ReadEntriesAsync(
        string organizationId, long untilSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        while (after < untilSequence)
        {
            int most = (int)Math.Min(Batch, untilSequence - after);
            IReadOnlyList<LedgerEntry> entries =
                await accounts.ReadEntriesAsync(organizationId, after, most, cancellationToken).ConfigureAwait(false);
            foreach (LedgerEntry entry in entries)
            {
                yield return entry;
            }

            if (entries.Count == 0)
            {
                yield break;
            }

            after = entries[^1].Sequence;
        }
    }

    /// <inheritdoc/>
    public ValueTask<RootBasis> ReadBasisAsync(string organizationId, CancellationToken cancellationToken) =>
        receipts.BasisAsync(organizationId, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredReceipt> ReadReceiptsAsync(
        string organizationId, string nodeId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredReceipt> batch;
        long after = 0;
        do
        {
            batch = await receipts.ReadAsync(organizationId, nodeId, after, Batch, cancellationToken).ConfigureAwait(false);
            foreach (StoredReceipt receipt in batch)
            {
                yield return receipt;
                after = receipt.Sequence;
            }
        }
        while (batch.Count == Batch);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SignedRoot> ReadRootsAsync(
        string organizationId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<SignedRoot> batch;
        long after = 0;
        do
        {
            batch = await receipts.ReadRootsAsync(organizationId, after, Batch, cancellationToken).ConfigureAwait(false);
            foreach (SignedRoot root in batch)
            {
                yield return root;
                after = root.Number;
            }
        }
        while (batch.Count == Batch);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(string organizationId, CancellationToken cancellationToken) =>
        accounts.ReadUsageAsync(organizationId, 0, LastDay, cancellationToken);
}
