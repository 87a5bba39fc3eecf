namespace Baltoro.Protocol.Admin;

/// <summary>A month of an organization; the lines sum to the total, and the total is the ledger's.</summary>
public sealed record InvoiceEntry
{
    public string Object { get; init; } = "invoice";

    public required string Organization { get; init; }

    public required string Month { get; init; }

    public string Currency { get; init; } = "USD";

    public required IReadOnlyList<InvoiceLineEntry> Lines { get; init; }

    public required long TotalNanoUsd { get; init; }

    public required long LedgerTotalNanoUsd { get; init; }

    public required long PendingNanoUsd { get; init; }

    public required bool MatchesLedger { get; init; }

    public required bool Final { get; init; }

    /// <summary><c>final</c>, or <c>preliminary</c> while the month runs or requests of it do.</summary>
    public required string State { get; init; }
}
