using Baltoro.Platform.Limits;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Ledger;

/// <summary>Data and choices of the operator for limits and money. Immutable.</summary>
public sealed record AccountingSettings
{
    public required TierTable Tiers { get; init; }

    public required PriceCatalog Prices { get; init; }

    /// <summary>Name of this process in reservations; a restarted process of the same name frees what it left.</summary>
    public string NodeId { get; init; } = "local";

    /// <summary>How long a reservation lives without renewal.</summary>
    public long LeaseMs { get; init; } = 60_000;

    /// <summary>What settlement returns to the limits.</summary>
    public TokenReturn TokenReturn { get; init; } = TokenReturn.Unused;

    /// <summary>What admission does while counters shared by several nodes cannot be reached.</summary>
    public SharedLimitOutage Outage { get; init; } = SharedLimitOutage.Refuse;

    /// <summary>Terms of organizations that have none of their own yet, by id; others start with <see cref="AccountTerms.Default"/>.</summary>
    public IReadOnlyDictionary<string, AccountTerms> InitialTerms { get; init; } = new Dictionary<string, AccountTerms>(StringComparer.Ordinal);

    /// <summary>Tiers and prices as shipped; the first organization of an installation is postpaid so that work never stops for money.</summary>
    public static AccountingSettings Shipped() => new()
    {
        Tiers = TierTable.Shipped(),
        Prices = ShippedPrices.Catalog(),
        InitialTerms = new Dictionary<string, AccountTerms>(StringComparer.Ordinal)
        {
            ["local"] = new AccountTerms { CreditLimit = Money.FromUsd(1_000_000) },
        },
    };
}
