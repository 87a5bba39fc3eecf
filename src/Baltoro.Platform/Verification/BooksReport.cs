namespace Baltoro.Platform.Verification;

/// <summary>Result of checking one organization's ledger, receipts, roots and use against each other.</summary>
public sealed record BooksReport
{
    public required string OrganizationId { get; init; }

    public required long EntryCount { get; init; }

    public required long ReceiptCount { get; init; }

    public required long RootCount { get; init; }

    /// <summary>Ledger entry up to which a trusted signature holds everything.</summary>
    public required long SignedUntil { get; init; }

    /// <summary>First ledger entry that does not fit, where one can be named.</summary>
    public long? FirstBadEntry { get; init; }

    /// <summary>First thing that does not fit, such as <c>entry 17</c>, <c>receipt local/4</c> or <c>root 2</c>; null when all is sound.</summary>
    public string? FirstBad { get; init; }

    /// <summary>What is wrong with it; null when all is sound.</summary>
    public string? Problem { get; init; }

    public bool IsSound => Problem is null;
}
