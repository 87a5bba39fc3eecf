using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Ports;

/// <summary>Answer of a settlement.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Reservation">The reservation as it stands now, or null when there is none.</param>
/// <param name="Absorbed">Part of the cost above the reservation, booked to the operator.</param>
public sealed record SettlementResult(SettlementCode Code, Reservation? Reservation, Money Absorbed);
