namespace Baltoro.Platform.Limits;

/// <summary>Live use of one limit, for headers and <c>/v1/limits</c>.</summary>
/// <param name="ResetMs">After how long the whole limit is free again; 0 when it is now.</param>
public sealed record LimitUse(string Scope, LimitDimension Dimension, long Limit, long Used, long ResetMs)
{
    /// <summary>How long a budget counts before it starts again; of no meaning for other dimensions.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>What is left, never negative.</summary>
    public long Remaining => Math.Max(0, Limit - Used);
}
