using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Ports;

/// <summary>Answer of a movement of money.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Sequence">Its ledger entry; 0 when none was written.</param>
/// <param name="Balance">The balance now.</param>
public sealed record MovementResult(MovementCode Code, long Sequence, AccountBalanceSheet Balance);
