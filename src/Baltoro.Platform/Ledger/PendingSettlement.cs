using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ledger;

/// <summary>The end of a request that the store has not taken yet.</summary>
/// <param name="Usage">What it used; null: it is given back whole.</param>
public sealed record PendingSettlement(string OrganizationId, string RequestId, TokenUsage? Usage);
