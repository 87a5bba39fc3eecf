using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Bench;

/// <summary>
/// How long a model takes to load, and how much memory: the first load, which writes the packed file; loads without one, which repack; warm
/// loads, which map it; and llama.cpp's with and without its repacking, alternating. <c>--model PATH</c>, <c>--rounds N</c>, <c>--peer FOLDER</c> (filled by
/// bench/peer/setup.sh; GGUF only), <c>--program FILE</c> (default ./baltoro), <c>--threads N</c>, <c>--cold yes</c> (also loads whose files the system
/// has forgotten; needs dd), <c>--out FILE</c> (also FILE.json). Run it on a quiet machine. The packed file lies in a folder of its own, so the
/// first load is a first load.
/// </summary>
internal static class LoadBench
{
    private const double Gigabyte = 1e9;

    public static object Run(BenchOptions options)
    {
        string model = Path.GetFullPath(options.Text("model") ?? throw new BenchOptionException("--model PATH is missing"));
        string data = Directory.CreateTempSubdirectory("baltoro-bench-").FullName;
        try
        {
            Subject subject = new(Path.GetFullPath(options.Text("program") ?? "baltoro"), model, data, (int)options.Number("threads", 2), options.Text("peer"));
            return Report(options, subject, Measure(subject, (int)options.Number("rounds", 5), options.Text("cold") is not null));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static List<Load> Measure(Subject subject, int rounds, bool cold)
    {
        Own(subject, "off", "warm the system's cache");
        List<Load> found = [Own(subject, "on", "first (writes the packed file)")];
        for (int round = 0; round < rounds; round++)
        {
            found.Add(Own(subject, "on", "warm (maps it)"));
            found.Add(Own(subject, "off", "without (repacks)"));
            if (subject.Peer is not null)
            {
                found.Add(PeerLoad(subject, 0, "peer, plain mapping"));
                found.Add(PeerLoad(subject, 1, "peer, repacked"));
            }

            if (cold)
            {
                Forget(Packed(subject).Append(subject.Model));
                found.Add(Own(subject, "on", "cold (maps it, files not in memory)"));
                if (subject.Peer is not null)
                {
                    Forget([subject.Model]);
                    found.Add(PeerLoad(subject, 1, "peer, repacked, cold"));
                }
            }
        }

        return found;
    }

    private static object Report(BenchOptions options, Subject subject, List<Load> found)
    {
        long packed = Packed(subject).Sum(file => new FileInfo(file).Length);
        var rows = found.GroupBy(load => load.Title).Select(group => new
        {
            load = group.Key,
            seconds = Median(group.Select(load => load.Seconds)),
            least_seconds = Math.Round(group.Min(load => load.Seconds), 4),
            cpu_seconds = Median(group.Select(load => load.CpuSeconds)),
            first_token_seconds = Median(group.Select(load => load.FirstTokenSeconds)),
            peak_rss_over_packed = packed == 0 ? 0 : Math.Round(group.Max(load => load.PeakRssBytes) / (double)packed, 3),
        }).ToArray();
        double Seconds(string title) => rows.FirstOrDefault(row => row.load.StartsWith(title, StringComparison.Ordinal))?.seconds ?? double.NaN;
        double warm = Seconds("warm");
        var result = new
        {
            bench = "load",
            cpu = ServeBench.CpuName(),
            load = File.ReadAllText("/proc/loadavg").Split(' ')[0],
            model = Path.GetFileName(subject.Model),
            model_gb = Math.Round(ModelBytes(subject.Model) / Gigabyte, 3),
            packed_gb = Math.Round(packed / Gigabyte, 3),
            rows,
            peer_repacked_over_warm = Ratio(Seconds("peer, repacked") / warm),
            peer_mapping_over_warm = Ratio(Seconds("peer, plain") / warm),
            own_repacking_over_warm = Ratio(Seconds("without") / warm),
        };
        if (options.Text("out") is string path)
        {
            StringBuilder text = new($"| {result.model}, {result.cpu}; medians | s | CPU s | first token s | peak RSS ÷ packed |\n|---|---|---|---|---|\n");
            foreach (var row in rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.load} | {row.seconds:F3} | {row.cpu_seconds:F3} | {row.first_token_seconds:F3} | {row.peak_rss_over_packed:F2} |\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"\nWarm, peer ÷ own: repacked {result.peer_repacked_over_warm}, plain mapping {result.peer_mapping_over_warm}.\n");
            File.WriteAllText(path, text.ToString());
            File.WriteAllText(path + ".json", JsonSerializer.Serialize(result));
        }

        return result;
    }

    private static Load Own(Subject subject, string cache, string title)
    {
        ProcessStartInfo info = new(
            subject.Program,
            ["bench", "engine", "--model", subject.Model, "--prompt-tokens", "1", "--new-tokens", "1", "--threads", $"{subject.Threads}", "--json"]);
        info.Environment["BALTORO_PACKED_CACHE"] = cache;
        info.Environment["BALTORO_DATA"] = subject.Data;
        using JsonDocument json = JsonDocument.Parse(Output(info).Split('\n').Last(line => line.StartsWith('{')));
        JsonElement root = json.RootElement;
        double seconds = root.GetProperty("load_seconds").GetDouble();
        return new Load(
            title, seconds, root.GetProperty("load_cpu_seconds").GetDouble(), seconds + root.GetProperty("first_round_seconds").GetDouble(), root.GetProperty("peak_rss_bytes").GetInt64());
    }

    private static Load PeerLoad(Subject subject, int repack, string title)
    {
        string folder = subject.Peer!; // asked for where there is one
        string text = Output(new ProcessStartInfo(
            Path.Combine(folder, "peer_bench"),
            [Path.Combine(folder, Peer.PeerProcess.Libraries), subject.Model, "ctx=8192", $"repack={repack}", $"threads={subject.Threads}", "tests=,"]));
        string[] words = text.Split('\n').First(line => line.StartsWith("load_s", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double After(string word) => double.Parse(words[Array.IndexOf(words, word) + 1], CultureInfo.InvariantCulture);
        return new Load(title, After("load_s"), double.NaN, After("load_s") + After("context_s") + After("first_token_s"), 0);
    }

    private static string Output(ProcessStartInfo info)
    {
        info.RedirectStandardOutput = true;
        using Process process = Process.Start(info) ?? throw new BenchOptionException($"{info.FileName} does not start");
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new BenchOptionException($"{info.FileName} ended with {process.ExitCode}");
    }

    /// <summary>Asks the system to drop the files from its cache.</summary>
    private static void Forget(IEnumerable<string> files)
    {
        foreach (string file in files.Where(File.Exists))
        {
            Output(new ProcessStartInfo("dd", [$"if={file}", "iflag=nocache", "count=0", "status=none"]));
        }
    }

    private static string[] Packed(Subject subject)
    {
        string folder = Path.Combine(subject.Data, "cache", "packed");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.packed") : [];
    }

    private static long ModelBytes(string model) => File.Exists(model)
        ? new FileInfo(model).Length
        : new DirectoryInfo(model).GetFiles().Where(file => file.Extension is ".safetensors" or ".gguf").Sum(file => file.Length);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = sorted[sorted.Length / 2];
        return double.IsNaN(median) ? 0 : Math.Round(median, 4);
    }

    private static double Ratio(double value) => double.IsFinite(value) ? Math.Round(value, 2) : 0;

    private sealed record Subject(string Program, string Model, string Data, int Threads, string? Peer);

    /// <summary>Seconds until the model is loaded, of all processors, and until a first token; largest resident memory.</summary>
    private sealed record Load(string Title, double Seconds, double CpuSeconds, double FirstTokenSeconds, long PeakRssBytes);
}
