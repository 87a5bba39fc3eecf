using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>A month of one organization. The lines sum to the total, and the total is the ledger's, to the nano-dollar.</summary>
/// <param name="OrganizationId">Who pays.</param>
/// <param name="Period">Month as <c>yyyymm</c>.</param>
/// <param name="Lines">Use by model and pinned price, then lines about the month.</param>
/// <param name="Total">Sum of the lines.</param>
/// <param name="LedgerTotal">What the ledger's entries of the month charge, less credit notes.</param>
/// <param name="Pending">Requests admitted in the month that have not ended; the invoice is final when it is zero.</param>
public sealed record Invoice(
    string OrganizationId, int Period, IReadOnlyList<InvoiceLine> Lines, Money Total, Money LedgerTotal, Money Pending)
{
    /// <summary>Whether use and ledger agree. If not, something was tampered with: raise an alarm, send nothing.</summary>
    public bool MatchesLedger => Total == LedgerTotal;

    /// <summary>Whether nothing of the month is open.</summary>
    public bool IsFinal => Pending == Money.Zero;
}
