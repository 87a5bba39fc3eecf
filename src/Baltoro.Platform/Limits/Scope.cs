using System.Collections.Immutable;
using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Limits;

/// <summary>Counters of one scope, with the limits set for it beside its tier's. Immutable; stored as one row.</summary>
public sealed record Scope
{
    public required string Name { get; init; }

    /// <summary>Limits set by an administrator; for an organization they replace its tier's where set.</summary>
    public LimitSet Custom { get; init; } = LimitSet.None;

    /// <summary>Requests that run now.</summary>
    public int Running { get; init; }

    /// <summary>The sliding minute, oldest first.</summary>
    public ImmutableArray<WindowSlot> Slots { get; init; } = [];

    /// <summary>UTC day of <see cref="DayTokens"/> as <c>yyyymmdd</c>.</summary>
    public int Day { get; init; }

    public long DayTokens { get; init; }

    /// <summary>Period of <see cref="BudgetUsed"/>: 0, <c>yyyymm</c> or <c>yyyymmdd</c>.</summary>
    public int BudgetPeriod { get; init; }

    /// <summary>Charged and reserved money of the period.</summary>
    public Money BudgetUsed { get; init; }
}
