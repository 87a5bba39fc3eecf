using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ledger;

/// <summary>Which limits apply to a caller, as read from the account a moment ago.</summary>
internal sealed record LimitProfile(string Tier, IReadOnlyList<(string Scope, LimitSet Limits)> Scopes, long UntilMs);
