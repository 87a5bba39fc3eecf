using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Tiers;

/// <summary>A tier: its limits, its price book and what earns it. Data of the operator.</summary>
public sealed record TierPlan
{
    public required string Name { get; init; }

    /// <summary>Limits over all keys and models of an organization.</summary>
    public required LimitSet Limits { get; init; }

    public string PriceBook { get; init; } = PriceCatalog.StandardBook;

    /// <summary>Cumulative top-up that earns the tier; null when it cannot be earned.</summary>
    public Money? EarnedByTopUp { get; init; }

    /// <summary>Cumulative paid use that earns the tier; null when it cannot be earned so.</summary>
    public Money? EarnedByUse { get; init; }
}
