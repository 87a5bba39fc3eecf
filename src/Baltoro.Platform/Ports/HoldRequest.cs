using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>What to take from shared counters in one step.</summary>
/// <param name="Scopes">Scopes and their limits; budgets are not looked at.</param>
/// <param name="Tokens">Prompt and completion budget.</param>
/// <param name="LeaseMs">After how long the hold gives itself back unless renewed.</param>
public sealed record HoldRequest(
    string OrganizationId, string RequestId, IReadOnlyList<(string Scope, LimitSet Limits)> Scopes, long Tokens, long LeaseMs);
