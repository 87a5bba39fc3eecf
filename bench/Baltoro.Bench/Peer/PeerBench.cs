using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Bench.Peer;

/// <summary>
/// The engine and llama.cpp on the same GGUF file, both loaded, taking turns measure by measure; medians of the rounds' ratios.
/// <c>peer --model FILE --peer FOLDER [--rounds 3] [--threads 2] [--minutes 11] [--only d100,p512] [--out FILE]</c>: FOLDER is
/// filled by bench/peer/setup.sh, FILE becomes a table and FILE.json. What is not measured within the minutes is left open.
/// </summary>
internal static class PeerBench
{
    public static object Run(BenchOptions options)
    {
        string model = Path.GetFullPath(options.Text("model") ?? throw new BenchOptionException("--model FILE is missing"));
        string folder = Path.GetFullPath(
            options.Text("peer") ?? throw new BenchOptionException("--peer FOLDER is missing; bench/peer/setup.sh FOLDER fills one"));
        if (!File.Exists(model))
        {
            throw new BenchOptionException($"--model: {model} is not a file");
        }

        string? only = options.Text("only");
        PeerMeasure[] measures = [.. PeerMeasure.All.Where(measure => only is null || only.Split(',').Contains(measure.PeerName))];
        if (measures.Length == 0)
        {
            throw new BenchOptionException($"--only: expected some of {string.Join(',', PeerMeasure.All.Select(measure => measure.PeerName))}, found {only}");
        }

        int rounds = (int)options.Number("rounds", 3);
        int threads = (int)options.Number("threads", 2);
        using CancellationTokenSource time = new(TimeSpan.FromMinutes(options.Number("minutes", 11)));
        List<Pair> pairs = [];
        string kernels = RoundsAsync(model, folder, measures, rounds, threads, pairs, time.Token).GetAwaiter().GetResult();
        Row[] rows = [.. PeerBar.All.Select(bar => RowOf(bar, pairs))];
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "";
        var result = new { bench = "peer", cpu = CpuName(), load, kernels, model = Path.GetFileName(model), threads, timed_out = time.IsCancellationRequested, rows };
        string table = Table(rows, $"{result.cpu}, {threads} threads, {kernels}, {result.model}");
        Console.Error.WriteLine(table);
        if (options.Text("out") is string path)
        {
            File.WriteAllText(path, table);
            File.WriteAllText(path + ".json", JsonSerializer.Serialize(result));
        }

        return result;
    }

    private static async Task<string> RoundsAsync(
        string model, string folder, PeerMeasure[] measures, int rounds, int threads, List<Pair> pairs, CancellationToken cancellationToken)
    {
        using PeerProcess peer = new(folder, model, threads);
        OwnEngine own = new(model, threads);
        await using (own.ConfigureAwait(false))
        {
            try
            {
                await own.WarmUpAsync(cancellationToken).ConfigureAwait(false);
                for (int round = 0; round < rounds; round++)
                {
                    foreach (PeerMeasure measure in measures)
                    {
                        pairs.Add(await TurnAsync(own, peer, measure, ownFirst: round % 2 == 1, cancellationToken).ConfigureAwait(false));
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Console.Error.WriteLine("the time is over; what is missing is left open");
            }

            return own.Kernels;
        }
    }

    private static async Task<Pair> TurnAsync(OwnEngine own, PeerProcess peer, PeerMeasure measure, bool ownFirst, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        PeerFigures mine = ownFirst ? await own.MeasureAsync(measure, cancellationToken).ConfigureAwait(false) : default;
        PeerFigures theirs = await peer.MeasureAsync(measure, cancellationToken).ConfigureAwait(false);
        mine = ownFirst ? mine : await own.MeasureAsync(measure, cancellationToken).ConfigureAwait(false);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{measure.PeerName,-10} own {mine.First:G4}/s, peer {theirs.First:G4}/s, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        return new Pair(measure.PeerName, mine, theirs);
    }

    private static Row RowOf(PeerBar bar, List<Pair> pairs)
    {
        (double Own, double Peer)[] found =
            [.. pairs.Where(pair => pair.Measure == bar.Measure).Select(pair => (pair.Own.First, bar.IsSecondPeer ? pair.Peer.Second : pair.Peer.First))];
        if (found.Length == 0)
        {
            return new Row(bar.Title, 0, null, null, null, bar.Must, bar.Aim);
        }

        Func<double, double> told = bar.IsTime ? speed => 1000 / speed : speed => speed;
        return new Row(
            bar.Title,
            found.Length,
            Math.Round(told(Median(found.Select(pair => pair.Own))), 2),
            Math.Round(told(Median(found.Select(pair => pair.Peer))), 2),
            Math.Round(Median(found.Select(pair => pair.Own / pair.Peer)), 3),
            bar.Must,
            bar.Aim);
    }

    private static string Table(Row[] rows, string machine)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{machine}; medians of alternating rounds\n\n");
        text.Append("| measure | rounds | own | peer | own ÷ peer | must | aim | |\n|---|---|---|---|---|---|---|---|\n");
        foreach (Row row in rows)
        {
            string verdict = row.Ratio switch
            {
                null => "not measured",
                double ratio when ratio >= row.Aim => "aim",
                double ratio when ratio >= row.Must => "must",
                _ => "missed",
            };
            text.Append(CultureInfo.InvariantCulture, $"| {row.Measure} | {row.Rounds} | {row.Own:F1} | {row.Peer:F1} | {row.Ratio:F2} | {row.Must} | {row.Aim} | {verdict} |\n");
        }

        return text.ToString();
    }

    /// <summary>The middle one; of an even number, the mean of both.</summary>
    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string CpuName() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";

    private sealed record Pair(string Measure, PeerFigures Own, PeerFigures Peer);

    /// <summary>One line of the result; no figures where nothing was measured.</summary>
    private sealed record Row(string Measure, int Rounds, double? Own, double? Peer, double? Ratio, double Must, double Aim);
}
