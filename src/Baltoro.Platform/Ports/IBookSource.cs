using Baltoro.Platform.Ledger;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Ports;

/// <summary>Everything that a check of the books reads: a store, or an export of one.</summary>
public interface IBookSource
{
    ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken);

    /// <summary>The stored balances and head.</summary>
    ValueTask<Book> ReadBookAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>All entries up to a number, in order.</summary>
    IAsyncEnumerable<LedgerEntry> ReadEntriesAsync(string organizationId, long untilSequence, CancellationToken cancellationToken);

    /// <summary>Heads of the chains of receipts.</summary>
    ValueTask<RootBasis> ReadBasisAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>All receipts of a chain, in order.</summary>
    IAsyncEnumerable<StoredReceipt> ReadReceiptsAsync(string organizationId, string nodeId, CancellationToken cancellationToken);

    /// <summary>All roots, in order.</summary>
    IAsyncEnumerable<SignedRoot> ReadRootsAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>All daily totals.</summary>
    ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(string organizationId, CancellationToken cancellationToken);
}
