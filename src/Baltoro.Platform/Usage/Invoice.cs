using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>A month of one organization. The lines sum to the total, and the total is the ledger's, to the nano-dollar.</summary>
/// <param name="OrganizationId">Who pays.</param>
/// <param name="Period">Month as <c>yyyymm</c>.</param>
/// <param name="Lines">Use by model and pinned price, then lines about the month.</param>
/// <param name="Total">Sum of the lines.</param>
/// <param name="LedgerTotal">What the ledger's entries of the month charge, less credit notes.</param>
/// <param name="Pending">Requests admitted in the month that have not ended.</param>
/// <param name="IsMonthOver">Whether no more requests can be admitted in the month.</param>
public sealed record Invoice(
    string OrganizationId, int Period, IReadOnlyList<InvoiceLine> Lines, Money Total, Money LedgerTotal, Money Pending, bool IsMonthOver)
{
    /// <summary>Whether use and ledger agree. If not, something was tampered with: raise an alarm, send nothing.</summary>
    public bool MatchesLedger => Total == LedgerTotal;

    /// <summary>Whether the month is over and nothing of it is open. What is not final is preliminary.</summary>
    public bool IsFinal => IsMonthOver && Pending == Money.Zero;

    /// <summary>One sentence on that, for people.</summary>
    public string State => this switch
    {
        { IsFinal: true } => "Final.",
        { IsMonthOver: false } => "Preliminary: the month is not over.",
        _ => $"Preliminary: requests with ${Pending} reserved are still running.",
    };
}
