using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Tiers;

/// <summary>All tiers, smallest first. Immutable.</summary>
public sealed class TierTable
{
    private readonly TierPlan[] _plans;

    /// <exception cref="ArgumentException">No tier, two of one name, or a limit that cannot be meant.</exception>
    public TierTable(IEnumerable<TierPlan> plans)
    {
        _plans = [.. plans];
        if (_plans.Length == 0 || _plans.Select(plan => plan.Name).Distinct(StringComparer.Ordinal).Count() != _plans.Length)
        {
            throw new ArgumentException("tiers: found none, or two of the same name", nameof(plans));
        }

        foreach (TierPlan plan in _plans)
        {
            if (plan.Limits.Problem() is string problem)
            {
                throw new ArgumentException($"tier {plan.Name}, {problem}", nameof(plans));
            }
        }
    }

    public IReadOnlyList<TierPlan> Plans => _plans;

    /// <summary>The tiers as shipped: the hosted platform's table, where the free tier is its lowest one.</summary>
    public static TierTable Shipped() => new(
    [
        new TierPlan { Name = "free", Limits = Limits(1, 3, 500_000, 1_500_000), PriceBook = PriceCatalog.FreeBook },
        Earned("tier1", 10, Limits(50, 200, 2_000_000, null)),
        Earned("tier2", 20, Limits(100, 500, 3_000_000, null)),
        Earned("tier3", 100, Limits(200, 5_000, 3_000_000, null)),
        Earned("tier4", 1_000, Limits(400, 5_000, 4_000_000, null)),
        Earned("tier5", 3_000, Limits(1_000, 10_000, 5_000_000, null)),
        new TierPlan { Name = "enterprise", Limits = LimitSet.None },
    ]);

    /// <summary>The plan of this name, or null.</summary>
    public TierPlan? Find(string name) => Array.Find(_plans, plan => plan.Name == name);

    /// <summary>
    /// The tier that applies: an administrator's choice for the organization, else the key's own tier, raised to what the
    /// organization has earned. A tier that nobody can earn and that is not the lowest (enterprise) is never raised.
    /// </summary>
    public TierPlan? Effective(string keyTier, string? chosenTier, Money cumulativeTopUp, Money cumulativeUse)
    {
        if (Find(chosenTier ?? keyTier) is not TierPlan plan)
        {
            return null;
        }

        if (chosenTier is not null || (plan.EarnedByTopUp is null && plan.EarnedByUse is null && plan != _plans[0]))
        {
            return plan;
        }

        int own = Array.IndexOf(_plans, plan);
        int earned = Array.FindLastIndex(
            _plans, other => cumulativeTopUp >= other.EarnedByTopUp || cumulativeUse >= other.EarnedByUse);
        return _plans[Math.Max(own, earned)];
    }

    private static TierPlan Earned(string name, long usd, LimitSet limits) => new()
    {
        Name = name,
        Limits = limits,
        EarnedByTopUp = Money.FromUsd(usd),
        EarnedByUse = Money.FromUsd(usd),
    };

    private static LimitSet Limits(int concurrency, long rpm, long tpm, long? tpd) =>
        new() { Concurrency = concurrency, RequestsPerMinute = rpm, TokensPerMinute = tpm, TokensPerDay = tpd };
}
