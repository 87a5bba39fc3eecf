using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Bench;

/// <summary>
/// The engine and llama.cpp on the same GGUF file, alternating in the same minutes; medians of the rounds' ratios.
/// <c>--model FILE</c>, <c>--peer FOLDER</c> (filled by bench/peer/setup.sh), <c>--rounds N</c>, <c>--threads N</c>,
/// <c>--out FILE</c> (also FILE.json). Run it from the repository's root on a quiet machine.
/// </summary>
internal static class PeerBench
{
    internal const string Libraries = "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64";

    /// <summary>The peer's name of a measure, and ours: prompt tokens, new tokens, streams.</summary>
    private static readonly Measure[] _measures =
    [
        new("p512", "prefill 512", 512, 2, 1, IsPrefill: true),
        new("p2048", "prefill 2,048", 2048, 2, 1, IsPrefill: true),
        new("d100", "decode, context 100", 100, 48, 1, IsPrefill: false),
        new("d2000", "decode, context 2,000", 2000, 24, 1, IsPrefill: false),
        new("b8x100", "decode, 8 streams", 100, 16, 8, IsPrefill: false),
        new("b32x100", "decode, 32 streams", 100, 12, 32, IsPrefill: false),
    ];

    public static object Run(BenchOptions options)
    {
        string model = Path.GetFullPath(options.Text("model") ?? throw new BenchOptionException("--model FILE is missing"));
        string folder = options.Text("peer") ?? throw new BenchOptionException("--peer FOLDER is missing; bench/peer/setup.sh FOLDER fills one");
        int rounds = (int)options.Number("rounds", 3);
        int threads = (int)options.Number("threads", 2);
        List<Round> found = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (Measure measure in _measures)
            {
                found.Add(new Round(measure, Peer(folder, model, measure, threads), Own(model, measure, threads)));
            }
        }

        var rows = _measures.Select(measure =>
        {
            Round[] own = [.. found.Where(round => round.Measure == measure)];
            return new
            {
                measure = measure.Title,
                own = Median(own.Select(round => round.Own)),
                peer = Median(own.Select(round => round.Peer)),
                ratio = Median(own.Select(round => round.Own / round.Peer)),
            };
        }).ToArray();
        var result = new { bench = "peer", cpu = CpuName(), load = File.ReadAllText("/proc/loadavg").Split(' ')[0], model = Path.GetFileName(model), threads, rounds, rows };
        if (options.Text("out") is string path)
        {
            StringBuilder text = new($"| tokens/s, {result.cpu}, {threads} threads, medians of {rounds} rounds | own | peer | own ÷ peer |\n|---|---|---|---|\n");
            foreach (var row in rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.measure} | {row.own:F1} | {row.peer:F1} | {row.ratio:F2} |\n");
            }

            File.WriteAllText(path, text.ToString());
            File.WriteAllText(path + ".json", JsonSerializer.Serialize(result));
        }

        return result;
    }

    private static double Peer(string folder, string model, Measure measure, int threads)
    {
        string text = Output(
            Path.Combine(folder, "peer_bench"),
            [Path.Combine(folder, Libraries), model, "ctx=8192", "reps=1", "steps=12", $"threads={threads}", $"tests={measure.PeerName}"]);
        string line = text.Split('\n').First(line => line.StartsWith(measure.PeerName, StringComparison.Ordinal));
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(words[Array.IndexOf(words, "median") + 1], CultureInfo.InvariantCulture);
    }

    private static double Own(string model, Measure measure, int threads)
    {
        string text = Output(
            "./baltoro",
            ["bench", "engine", "--model", model, "--prompt-tokens", $"{measure.PromptTokens}", "--new-tokens", $"{measure.NewTokens}",
             "--streams", $"{measure.Streams}", "--threads", $"{threads}", "--json"]);
        using JsonDocument json = JsonDocument.Parse(text.Split('\n').Last(line => line.StartsWith('{')));
        return json.RootElement.GetProperty(measure.IsPrefill ? "prefill_tokens_per_second" : "decode_tokens_per_second").GetDouble();
    }

    private static string Output(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new BenchOptionException($"{program} does not start");
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new BenchOptionException($"{program} ended with {process.ExitCode}");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return Math.Round(sorted[sorted.Length / 2], 2);
    }

    private static string CpuName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private sealed record Measure(string PeerName, string Title, int PromptTokens, int NewTokens, int Streams, bool IsPrefill);

    private sealed record Round(Measure Measure, double Peer, double Own);
}
