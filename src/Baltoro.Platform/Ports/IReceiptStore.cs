using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Ports;

/// <summary>Reads receipts and roots; they are written by account transactions. Safe for concurrent use.</summary>
public interface IReceiptStore
{
    /// <summary>The receipt of a request of this organization, or null.</summary>
    ValueTask<StoredReceipt?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken);

    /// <summary>Receipts of one chain after a number, in order.</summary>
    ValueTask<IReadOnlyList<StoredReceipt>> ReadAsync(
        string organizationId, string nodeId, long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>Nodes that have a chain, with what the database says is its head, and the entry up to which there are no receipts.</summary>
    ValueTask<RootBasis> BasisAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Roots after a number, in order.</summary>
    ValueTask<IReadOnlyList<SignedRoot>> ReadRootsAsync(
        string organizationId, long afterNumber, int limit, CancellationToken cancellationToken);

    /// <summary>Organizations whose ledger has gone on since their last root.</summary>
    ValueTask<IReadOnlyList<string>> ListUnrootedAsync(int limit, CancellationToken cancellationToken);
}
