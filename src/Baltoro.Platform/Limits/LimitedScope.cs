namespace Baltoro.Platform.Limits;

/// <summary>A scope and the limits that apply to it now.</summary>
public readonly record struct LimitedScope(Scope Scope, LimitSet Limits);
