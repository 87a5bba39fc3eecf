using Baltoro.Platform.Idempotency;
using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Idempotency;

/// <summary>Renews a ticket while its request runs. A failed round is logged and the next one tries again.</summary>
internal sealed class TicketKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    public TicketKeeper(KeptResponses kept, ResponseTicket ticket, TimeProvider clock, ILogger logger) =>
        _loop = RunAsync(kept, ticket, clock, logger, _end.Token);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _end.Dispose();
    }

    private static async Task RunAsync(
        KeptResponses kept, ResponseTicket ticket, TimeProvider clock, ILogger logger, CancellationToken end)
    {
        using PeriodicTimer timer = new(KeptResponses.RenewEvery, clock);
        while (await NextAsync(timer, end).ConfigureAwait(false))
        {
            try
            {
                await kept.RenewAsync(ticket, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                ServerLog.KeptResponseFailed(logger, "renew", fault);
            }
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken end)
    {
        try
        {
            return await timer.WaitForNextTickAsync(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return false;
        }
    }
}
