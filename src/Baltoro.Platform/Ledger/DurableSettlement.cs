using System.Collections.Concurrent;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ledger;

/// <summary>
/// Ends requests so that a store that fails loses nothing: what it does not take is written to a journal and tried again, also
/// after a crash of this process. Settling is idempotent in the store, so an answer that was lost charges nobody twice. Safe
/// for concurrent use.
/// </summary>
public sealed class DurableSettlement(IAdmission admission, IAccounts accounts, ISettlementJournal? journal)
{
    private readonly ConcurrentDictionary<string, (Reservation Reservation, TokenUsage? Usage)> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Settlements that wait for the store.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Charges what was used, or gives all back when <paramref name="usage"/> is null.</summary>
    /// <returns>The store's answer, or null with the fault when the settlement waits.</returns>
    public async ValueTask<(SettlementResult? Result, Exception? Fault)> EndAsync(Reservation reservation, TokenUsage? usage)
    {
        try
        {
            return (await PostAsync(reservation, usage).ConfigureAwait(false), null);
        }
        catch (Exception fault) when (MayPass(fault))
        {
            return (null, Wait(reservation, usage, fault));
        }
    }

    /// <summary>Tries what waits, until the store fails again. Run every few seconds.</summary>
    /// <returns>Reservations that are settled now.</returns>
    public async ValueTask<IReadOnlyList<Reservation>> RetryAsync()
    {
        List<Reservation> done = [];
        foreach ((string id, (Reservation reservation, TokenUsage? usage)) in _waiting)
        {
            try
            {
                await PostAsync(reservation, usage).ConfigureAwait(false);
            }
            catch (Exception fault) when (MayPass(fault))
            {
                // The store is still away; what waits stands in the journal and the next round tries again.
                break;
            }

            _waiting.TryRemove(id, out _);
            done.Add(reservation);
        }

        lock (_lock)
        {
            if (done.Count > 0 && _waiting.IsEmpty)
            {
                journal?.Clear();
            }
        }

        return done;
    }

    /// <summary>Settles what an earlier life of this process left in the journal; run once at start, before its reservations are freed.</summary>
    /// <returns>How many were settled, and how many the store knows nothing of.</returns>
    public async ValueTask<(int Settled, int Unknown)> RecoverAsync(CancellationToken cancellationToken)
    {
        int settled = 0;
        int unknown = 0;
        foreach (PendingSettlement pending in journal?.Read() ?? [])
        {
            Reservation? reservation = await accounts.FindAsync(pending.OrganizationId, pending.RequestId, cancellationToken).ConfigureAwait(false);
            if (reservation is null)
            {
                unknown++;
                continue;
            }

            await PostAsync(reservation, pending.Usage).ConfigureAwait(false);
            settled++;
        }

        journal?.Clear();
        return (settled, unknown);
    }

    private Exception Wait(Reservation reservation, TokenUsage? usage, Exception fault)
    {
        lock (_lock)
        {
            _waiting[reservation.RequestId] = (reservation, usage);
            try
            {
                journal?.Append(new PendingSettlement(reservation.OrganizationId, reservation.RequestId, usage));
                return fault;
            }
            catch (Exception second) when (second is IOException or UnauthorizedAccessException)
            {
                // It waits in memory only: safe as long as this process lives.
                return new AggregateException(fault, second);
            }
        }
    }

    private async ValueTask<SettlementResult> PostAsync(Reservation reservation, TokenUsage? usage)
    {
        if (usage is not { } used)
        {
            return await admission.VoidAsync(reservation, CancellationToken.None).ConfigureAwait(false);
        }

        SettlementResult result = await admission.SettleAsync(reservation, used, CancellationToken.None).ConfigureAwait(false);
        return result.Code == SettlementCode.UsageInconsistent
            ? result with { Reservation = (await admission.VoidAsync(reservation, CancellationToken.None).ConfigureAwait(false)).Reservation }
            : result;
    }

    /// <summary>Defects do not pass by waiting: they are the caller's to report.</summary>
    private static bool MayPass(Exception fault) => fault is not (LedgerFaultException or ArgumentException or OverflowException);
}
