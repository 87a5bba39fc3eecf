using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>Cost of one request before discount.</summary>
public readonly record struct CostBreakdown(Money Input, Money CachedInput, Money Output, Money Images, Money Calls)
{
    /// <summary>All parts together.</summary>
    public Money Gross => Input + CachedInput + Output + Images + Calls;
}
