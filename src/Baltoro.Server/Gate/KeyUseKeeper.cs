using Baltoro.Platform.Identity;
using Baltoro.Server.Hosting;
using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Gate;

/// <summary>Writes when keys were last used, every 10 s and when the server stops, so that no request waits for it.</summary>
internal sealed class KeyUseKeeper(KeyService keys, ServerServices services, ILogger<KeyUseKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Round, services.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what has gathered is written there.
            return;
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            await keys.FlushUsesAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            ServerLog.AccountRoundFailed(logger, fault);
        }
    }
}
