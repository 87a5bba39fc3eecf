namespace Baltoro.Protocol.Admin;

/// <summary>A tier.</summary>
public sealed record TierEntry(
    string Name, LimitsBody Limits, string PriceBook, long? EarnedByTopupNanoUsd, long? EarnedByUseNanoUsd)
{
    public string Object { get; init; } = "tier";
}
