using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Prices;

/// <summary>A month under another book.</summary>
/// <param name="Now">What its use costs by now, earlier re-ratings counted.</param>
/// <param name="Target">What it costs under the book.</param>
/// <param name="Posted">The credit note or adjustment; null when nothing was posted.</param>
public sealed record RerateResult(Money Now, Money Target, MovementResult? Posted);
