using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Ports;

/// <summary>Everything one transaction writes; all of it or nothing. Null and empty parts stay as they are.</summary>
public sealed record AccountChange
{
    /// <summary>Nothing to write.</summary>
    public static AccountChange None { get; } = new();

    /// <summary>The book after <see cref="Entries"/>.</summary>
    public Book? Book { get; init; }

    public IReadOnlyList<LedgerEntry> Entries { get; init; } = [];

    public AccountTerms? Terms { get; init; }

    public IReadOnlyList<Scope> Scopes { get; init; } = [];

    public Reservation? Reservation { get; init; }

    /// <summary>A month and its new gross spend.</summary>
    public (int Period, Money Gross)? MonthGross { get; init; }

    /// <summary>Added to the day's totals.</summary>
    public UsageDay? Usage { get; init; }

    public IdempotencyRecord? Idempotency { get; init; }

    public AuditEvent? Audit { get; init; }

    public string? LimitsEpoch { get; init; }

    /// <summary>The receipt of a settlement, the new head of its chain.</summary>
    public ChainedReceipt? Receipt { get; init; }

    public SignedRoot? Root { get; init; }

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => this == None || (Book is null && Terms is null && Scopes.Count == 0 && Reservation is null
        && Audit is null && LimitsEpoch is null && Idempotency is null && Root is null);
}
