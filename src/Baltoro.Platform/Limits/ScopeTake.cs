namespace Baltoro.Platform.Limits;

/// <summary>Where a request was counted: the scope, and the slot of its sliding minute.</summary>
public readonly record struct ScopeTake(string Scope, long SlotMs);
