using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary>
/// Reservations of several prompts that one HTTP request carries: all are admitted before the first runs, or none. What was
/// never started is given back on disposal. Used by one request at a time.
/// </summary>
internal sealed class AdmittedBatch : IAsyncDisposable
{
    private readonly Admit _admit;
    private readonly List<Reservation?> _waiting = [];

    private AdmittedBatch(Admit admit) => _admit = admit;

    /// <summary>Admits every one of <paramref name="requests"/>; after a refusal none is held.</summary>
    public static async ValueTask<(AdmittedBatch? Batch, WireError? Error)> AdmitAsync(
        Admit admit, HttpContext context, IReadOnlyList<AdmissionRequest> requests)
    {
        AdmittedBatch batch = new(admit);
        foreach (AdmissionRequest request in requests)
        {
            (Reservation? reservation, WireError? error) = await admit.RunAsync(context, request).ConfigureAwait(false);
            if (error is not null)
            {
                await batch.DisposeAsync().ConfigureAwait(false);
                return (null, error);
            }

            batch._waiting.Add(reservation);
        }

        return (batch, null);
    }

    /// <summary>The reservation of prompt number <paramref name="index"/>, which its run settles from here on.</summary>
    public Reservation? Start(int index)
    {
        Reservation? reservation = _waiting[index];
        _waiting[index] = null;
        return reservation;
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (Start(i) is { } reservation)
            {
                await _admit.ReleaseAsync(reservation).ConfigureAwait(false);
            }
        }
    }
}
