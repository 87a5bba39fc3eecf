using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Verification;

/// <summary>Everything about one organization that a check of the books reads.</summary>
internal sealed record ExportedBook(
    Book Book, RootBasis Basis, List<LedgerEntry> Entries, List<StoredReceipt> Receipts, List<SignedRoot> Roots, List<UsageDay> Usage)
{
    /// <summary>A server may write while it is read; reading is repeated until it was not disturbed.</summary>
    private const int MostAttempts = 20;

    public static ExportedBook Empty(Book book, RootBasis basis) => new(book, basis, [], [], [], []);

    /// <summary>Reads an organization.</summary>
    public static async ValueTask<ExportedBook> CaptureAsync(IBookSource source, string organizationId, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            RootBasis basis = await source.ReadBasisAsync(organizationId, cancellationToken).ConfigureAwait(false);
            List<SignedRoot> roots = [];
            await foreach (SignedRoot root in source.ReadRootsAsync(organizationId, cancellationToken).ConfigureAwait(false))
            {
                roots.Add(root);
            }

            ExportedBook export = Empty(await source.ReadBookAsync(organizationId, cancellationToken).ConfigureAwait(false), basis);
            export.Roots.AddRange(roots);
            await foreach (LedgerEntry entry in source.ReadEntriesAsync(organizationId, export.Book.Sequence, cancellationToken).ConfigureAwait(false))
            {
                export.Entries.Add(entry);
            }

            foreach (ChainHead chain in basis.Chains)
            {
                await foreach (StoredReceipt receipt in source.ReadReceiptsAsync(organizationId, chain.NodeId, cancellationToken).ConfigureAwait(false))
                {
                    export.Receipts.Add(receipt);
                }
            }

            export.Usage.AddRange(await source.ReadUsageAsync(organizationId, cancellationToken).ConfigureAwait(false));
            Book after = await source.ReadBookAsync(organizationId, cancellationToken).ConfigureAwait(false);
            if (after.Sequence == export.Book.Sequence || attempt == MostAttempts)
            {
                return export;
            }
        }
    }
}
