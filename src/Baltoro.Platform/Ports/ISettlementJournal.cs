using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Ports;

/// <summary>Where settlements wait, on this node and outside the store, while the store cannot take them. Safe for concurrent use.</summary>
public interface ISettlementJournal
{
    /// <summary>Adds a settlement, durably.</summary>
    void Append(PendingSettlement settlement);

    /// <summary>All settlements, oldest first; a line cut by a crash at the very end is left out.</summary>
    IReadOnlyList<PendingSettlement> Read();

    /// <summary>Forgets all: the store has them.</summary>
    void Clear();
}
