using System.Collections.Concurrent;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Server.Hosting;
using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Gate;

/// <summary>
/// Keeps accounts going while the server runs: renews the leases of running requests every 15 s (a lease lasts 60 s) and
/// expires what was left behind every 5 s. A failed round is logged and the next one tries again.
/// </summary>
internal sealed class AccountKeeper(ServerServices services, ILogger<AccountKeeper> logger) : BackgroundService
{
    private const int RoundsPerRenewal = 3;
    private const int RoundsPerRoot = 12;
    private const int RoundsPerCleaning = 60;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);
    private readonly DurableSettlement? _settlements = services.Accounts is { } metered
        ? new DurableSettlement(metered.Admission, metered.Accounts, metered.Journal)
        : null;

    private readonly ConcurrentDictionary<string, Reservation> _running = new(StringComparer.Ordinal);

    /// <summary>A request runs from now on.</summary>
    public void Add(Reservation reservation) => _running[reservation.RequestId] = reservation;

    /// <summary>It ended.</summary>
    public void Remove(Reservation reservation) => _running.TryRemove(reservation.RequestId, out _);

    /// <summary>Ends a request; one that the store does not take keeps its lease and is tried again.</summary>
    public async ValueTask<(SettlementResult? Result, Exception? Fault)> EndAsync(Reservation reservation, TokenUsage? usage)
    {
        DurableSettlement settlements = _settlements ?? throw new InvalidOperationException("a server without accounts has no reservations");
        bool waits = false;
        try
        {
            (SettlementResult? result, Exception? fault) = await settlements.EndAsync(reservation, usage).ConfigureAwait(false);
            waits = fault is not null;
            return (result, fault);
        }
        finally
        {
            if (!waits)
            {
                Remove(reservation);
            }
        }
    }

    /// <summary>Closes the chains of receipts with a last root.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (services.Accounts is { } accounts)
        {
            try
            {
                await RetryAsync().ConfigureAwait(false);
                await CloseReceiptsAsync(accounts).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                ServerLog.AccountRoundFailed(logger, fault);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.Accounts is not { } accounts)
        {
            return;
        }

        using PeriodicTimer timer = new(Round, services.Clock);
        int round = 0;
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false))
        {
            round++;
            try
            {
                if (round % RoundsPerRenewal == 0)
                {
                    await accounts.Admission.RenewAsync([.. _running.Values], CancellationToken.None).ConfigureAwait(false);
                }

                if (accounts.Prices is { } prices)
                {
                    await prices.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
                }

                foreach (Reservation settled in await RetryAsync().ConfigureAwait(false))
                {
                    Remove(settled);
                }

                await accounts.Accounts.SweepAsync(CancellationToken.None).ConfigureAwait(false);
                if (round % RoundsPerRoot == 0)
                {
                    await CloseReceiptsAsync(accounts).ConfigureAwait(false);
                }

                if (round % RoundsPerCleaning == 0 && services.Responses is { } responses)
                {
                    await responses.SweepAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (Exception fault)
            {
                ServerLog.AccountRoundFailed(logger, fault);
            }
        }
    }

    private ValueTask<IReadOnlyList<Reservation>> RetryAsync() =>
        _settlements?.RetryAsync() ?? ValueTask.FromResult<IReadOnlyList<Reservation>>([]);

    private static async ValueTask CloseReceiptsAsync(ServerAccounts accounts)
    {
        if (accounts.Receipts is { } receipts)
        {
            await receipts.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>False when the server stops. Running answers settle themselves; one that drains longer than its lease settles late.</summary>
    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
