using Baltoro.Platform.Ledger;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ports;

/// <summary>
/// The three calls of the server's gate, and the lease. Each is atomic, durable when it answers, and safe to repeat.
/// Settle and void must not be cancelled with the client's request: hand them a token of the host's own.
/// </summary>
public interface IAdmission
{
    /// <summary>Decides all limits and the balance in one step; takes everything or nothing.</summary>
    ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Charges what was used, at most what was reserved, and returns the rest.
    /// A cut stream settles what was generated up to the cancel.
    /// </summary>
    ValueTask<SettlementResult> SettleAsync(Reservation reservation, TokenUsage usage, CancellationToken cancellationToken);

    /// <summary>Gives the whole reservation back: the request failed without output.</summary>
    ValueTask<SettlementResult> VoidAsync(Reservation reservation, CancellationToken cancellationToken);

    /// <summary>Lengthens the leases of running requests; call well within <see cref="Ledger.AccountingSettings.LeaseMs"/>. Returns how many were still pending.</summary>
    ValueTask<int> RenewAsync(IReadOnlyList<Reservation> reservations, CancellationToken cancellationToken);

    /// <summary>What admission would say, without taking anything.</summary>
    ValueTask<AdmissionResult> PreviewAsync(AdmissionRequest request, CancellationToken cancellationToken);
}
