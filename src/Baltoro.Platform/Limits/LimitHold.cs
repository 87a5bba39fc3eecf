namespace Baltoro.Platform.Limits;

/// <summary>Places taken in shared counters before the ledger reserves; given back when the ledger refuses or never answers.</summary>
/// <param name="Epoch">Rebuild of the counters the hold belongs to; the ledger refuses a hold of another one.</param>
/// <param name="Takes">Where it was counted.</param>
/// <param name="Uses">Live use after it.</param>
public sealed record LimitHold(string Epoch, IReadOnlyList<ScopeTake> Takes, IReadOnlyList<LimitUse> Uses);
