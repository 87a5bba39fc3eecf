using System.Diagnostics;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Bench.Platform;

/// <summary>
/// Requests at a fixed rate, whether earlier ones have ended or not: admission, then settlement at once. Each step is timed from
/// its call to its answer, which comes when it is durable.
/// </summary>
internal sealed class OpenLoad(IAdmission gate, int organizations)
{
    /// <summary>Long enough for the just-in-time compiler to have optimized what runs.</summary>
    private const double WarmUpSeconds = 5;

    private readonly List<double> _admitMs = [];
    private readonly List<double> _settleMs = [];
    private readonly List<double> _bothMs = [];
    private readonly Lock _turn = new();
    private int _refused;

    /// <summary>Name of an organization of the load.</summary>
    public static string Organization(int index) => $"bench-{index}";

    /// <summary>Runs and returns the figures of admission, settlement and both together.</summary>
    public async Task<IReadOnlyList<LatencyFigures>> RunAsync(string store, int rate, double seconds)
    {
        await SpreadAsync(rate, WarmUpSeconds).ConfigureAwait(false);
        lock (_turn)
        {
            _admitMs.Clear();
            _settleMs.Clear();
            _bothMs.Clear();
        }

        long start = Stopwatch.GetTimestamp();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await SpreadAsync(rate, seconds).ConfigureAwait(false);
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpuUs = Math.Round((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Math.Max(1, _bothMs.Count));
        return _refused > 0
            ? throw new BenchOptionException($"{store}: {_refused} requests were refused, expected none")
            :
            [
                LatencyFigures.Of(store, "admission", _admitMs, took),
                LatencyFigures.Of(store, "settlement", _settleMs, took),
                LatencyFigures.Of(store, "admission + settlement", _bothMs, took) with { CpuUs = cpuUs },
            ];
    }

    private async Task SpreadAsync(int rate, double seconds)
    {
        List<Task> running = [];
        long start = Stopwatch.GetTimestamp();
        int sent = 0;
        double now;
        while ((now = Stopwatch.GetElapsedTime(start).TotalSeconds) < seconds)
        {
            for (int due = (int)(now * rate); sent < due; sent++)
            {
                int index = sent;
                running.Add(Task.Run(() => OneAsync(index)));
            }

            await Task.Delay(1).ConfigureAwait(false);
            running.RemoveAll(task => task.IsCompletedSuccessfully);
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task OneAsync(int index)
    {
        AdmissionRequest request = new()
        {
            RequestId = Guid.NewGuid().ToString("N"),
            OrganizationId = Organization(index % organizations),
            KeyId = $"ak-{index % organizations}",
            KeyTier = "enterprise",
            Model = "kimi-k2-5",
            PromptTokens = 200,
            CompletionTokens = 400,
        };
        long start = Stopwatch.GetTimestamp();
        AdmissionResult admitted = await gate.AdmitAsync(request, CancellationToken.None).ConfigureAwait(false);
        double admitMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (admitted.Reservation is not Reservation held)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        long second = Stopwatch.GetTimestamp();
        await gate.SettleAsync(held, new TokenUsage(200, 50, 120), CancellationToken.None).ConfigureAwait(false);
        double settleMs = Stopwatch.GetElapsedTime(second).TotalMilliseconds;
        lock (_turn)
        {
            _admitMs.Add(admitMs);
            _settleMs.Add(settleMs);
            _bothMs.Add(admitMs + settleMs);
        }
    }
}
