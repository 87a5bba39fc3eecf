using System.Globalization;

namespace Baltoro.Bench.Platform;

/// <summary>Latencies of one measurement.</summary>
internal sealed record LatencyFigures(
    string Store, string Step, int Requests, double RequestsPerSecond, double P50Ms, double P90Ms, double P99Ms, double MaxMs,
    double? CpuUs = null)
{
    public static LatencyFigures Of(string store, string step, IReadOnlyList<double> ms, double seconds)
    {
        double[] sorted = [.. ms.Order()];
        return new LatencyFigures(
            store, step, sorted.Length, Math.Round(sorted.Length / seconds), At(0.5), At(0.9), At(0.99), Math.Round(sorted[^1], 3));

        double At(double share) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 3);
    }

    /// <summary>A line of a Markdown table.</summary>
    public string Line() => string.Create(
        CultureInfo.InvariantCulture, $"| {Store} | {Step} | {Requests:N0} | {RequestsPerSecond:N0} | {P50Ms} | {P90Ms} | {P99Ms} | {MaxMs} | {CpuUs} |");
}
