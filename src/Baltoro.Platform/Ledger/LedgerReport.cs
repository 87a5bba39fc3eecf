namespace Baltoro.Platform.Ledger;

/// <summary>Result of verifying one book.</summary>
/// <param name="FirstBadSequence">The first entry that does not fit, or null when all do.</param>
/// <param name="Problem">What is wrong with it, or with the stored balances; null when the book is sound.</param>
public sealed record LedgerReport(string OrganizationId, long EntryCount, long? FirstBadSequence, string? Problem)
{
    public bool IsSound => Problem is null;
}
