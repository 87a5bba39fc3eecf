using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Ports;

/// <summary>An organization's account as a transaction sees it, with the store's own time.</summary>
public sealed record AccountView
{
    /// <summary>Unix milliseconds of the store's clock.</summary>
    public required long NowMs { get; init; }

    public required Book Book { get; init; }

    /// <summary>Terms stored for the organization, or null when none were ever set.</summary>
    public AccountTerms? Terms { get; init; }

    /// <summary>Loaded counters by name; one that is not here has never been used.</summary>
    public required IReadOnlyDictionary<string, Scope> Scopes { get; init; }

    /// <summary>Gross spend by month, for the current month and the reservation's.</summary>
    public required IReadOnlyDictionary<int, Money> MonthGross { get; init; }

    /// <summary>The reservation asked for, or null.</summary>
    public Reservation? Reservation { get; init; }

    /// <summary>The earlier operation asked for, or null.</summary>
    public IdempotencyRecord? Idempotency { get; init; }

    /// <summary>Head of the node's chain of receipts; null when not asked for or without receipts.</summary>
    public ChainHead? Receipts { get; init; }

    /// <summary>What the next root is made from; null when not asked for.</summary>
    public RootBasis? Roots { get; init; }

    /// <summary>The rebuild of the shared limit counters this account belongs to; empty before the first.</summary>
    public string LimitsEpoch { get; init; } = "";

    /// <summary>Reservations that still count in a window, a day or a concurrency; loaded only for a rebuild.</summary>
    public IReadOnlyList<Reservation> Counted { get; init; } = [];

    /// <summary>Counters of this name, empty ones when never used.</summary>
    public Scope ScopeOf(string name) => Scopes.TryGetValue(name, out Scope? scope) ? scope : new Scope { Name = name };

    /// <summary>Gross spend of a month so far.</summary>
    public Money GrossOf(int period) => MonthGross.TryGetValue(period, out Money gross) ? gross : Money.Zero;
}
