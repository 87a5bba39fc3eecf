using Baltoro.Platform.Ledger;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Receipts;

/// <summary>
/// What one request used and was charged, and where the ledger says so. Written in the transaction of its settlement; each
/// receipt of a node carries the hash of the one before it. Its signed form is <see cref="ReceiptText"/>.
/// </summary>
public sealed record Receipt
{
    private const string Prefix = "rcpt-";

    public required string OrganizationId { get; init; }

    /// <summary>Process that settled it; each has a chain of its own.</summary>
    public required string NodeId { get; init; }

    /// <summary>1, 2, 3 … within the chain.</summary>
    public required long Sequence { get; init; }

    public required string RequestId { get; init; }

    public required string ProjectId { get; init; }

    public required string KeyId { get; init; }

    public required string Model { get; init; }

    /// <summary>Pinned price as <c>book/version</c>.</summary>
    public required string PriceVersion { get; init; }

    public required ReceiptOutcome Outcome { get; init; }

    public required TokenUsage Usage { get; init; }

    /// <summary>Before discount.</summary>
    public required Money Gross { get; init; }

    public required Money Discount { get; init; }

    /// <summary>Part that the operator pays.</summary>
    public required Money Absorbed { get; init; }

    public required Money Charged { get; init; }

    /// <summary>Month it counts for, as <c>yyyymm</c>.</summary>
    public required int Period { get; init; }

    public required long AdmittedAtMs { get; init; }

    public required long SettledAtMs { get; init; }

    /// <summary>First ledger entry of the settlement.</summary>
    public required long FirstEntry { get; init; }

    /// <summary>Last ledger entry of the settlement.</summary>
    public required long LastEntry { get; init; }

    /// <summary>Hash of the last entry, which holds everything in the ledger up to it.</summary>
    public required ReadOnlyMemory<byte> EntryHash { get; init; }

    /// <summary>Hash of the receipt before it; 32 zero bytes for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>What responses call it.</summary>
    public string Id => IdOf(RequestId);

    /// <summary>The receipt's id of a request, known before there is a receipt.</summary>
    public static string IdOf(string requestId) => Prefix + requestId;

    /// <summary>The request of a receipt's id, or null when it is none.</summary>
    public static string? RequestOf(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : null;
}
