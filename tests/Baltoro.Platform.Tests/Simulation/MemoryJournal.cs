using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Tests.Simulation;

/// <summary>A journal that outlives the objects that use it, as a file would.</summary>
internal sealed class MemoryJournal : ISettlementJournal
{
    private readonly List<PendingSettlement> _waiting = [];

    public void Append(PendingSettlement settlement) => _waiting.Add(settlement);

    public IReadOnlyList<PendingSettlement> Read() => [.. _waiting];

    public void Clear() => _waiting.Clear();
}
