using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ledger;

/// <summary>What an administrator agreed with one organization.</summary>
public sealed record AccountTerms
{
    public static AccountTerms Default { get; } = new();

    /// <summary>How far cash may go below zero (postpaid).</summary>
    public Money CreditLimit { get; init; }

    /// <summary>Tier of all its keys, or null: each key's own tier, raised by what is earned.</summary>
    public string? Tier { get; init; }

    /// <summary>Price book in place of the tier's, or null.</summary>
    public string? PriceBook { get; init; }

    /// <summary>Name of the discount schedule.</summary>
    public string Discount { get; init; } = PriceCatalog.StandardDiscount;

    /// <summary>Whether every request is refused until an administrator lifts it.</summary>
    public bool IsSuspended { get; init; }
}
