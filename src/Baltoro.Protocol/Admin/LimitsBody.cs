namespace Baltoro.Protocol.Admin;

/// <summary>Limits of one scope; what is left out or null is not limited there.</summary>
public sealed record LimitsBody
{
    public int? Concurrency { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerDay { get; init; }

    public long? BudgetNanoUsd { get; init; }

    /// <summary><c>lifetime</c>, <c>month</c> or <c>day</c>.</summary>
    public string? BudgetPeriod { get; init; }
}
