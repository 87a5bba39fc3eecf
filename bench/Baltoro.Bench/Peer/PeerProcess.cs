using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Baltoro.Bench.Peer;

/// <summary>peer_bench with the model loaded, answering one test at a time.</summary>
internal sealed partial class PeerProcess : IDisposable
{
    private const string Libraries = "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64";

    private readonly string _folder;
    private readonly string _model;
    private readonly int _threads;
    private readonly Process _process;
    private readonly List<string> _errors = [];

    public PeerProcess(string folder, string model, int threads)
    {
        _folder = folder;
        _model = model;
        _threads = threads;
        _process = Start(["ctx=8192", "reps=1", "steps=12", "tests=-"]);
    }

    /// <summary>
    /// Runs one measure. Throws <see cref="OperationCanceledException"/> when the time is over and
    /// <see cref="BenchOptionException"/> with the peer's own words when it fails.
    /// </summary>
    public async Task<PeerFigures> MeasureAsync(PeerMeasure measure, CancellationToken cancellationToken)
    {
        if (measure.Kind == PeerMeasureKind.Load)
        {
            double repacked = await LoadSecondsAsync("repack=1", cancellationToken).ConfigureAwait(false);
            double plain = await LoadSecondsAsync("repack=0", cancellationToken).ConfigureAwait(false);
            return new PeerFigures(1 / repacked, 1 / plain);
        }

        await _process.StandardInput.WriteLineAsync(measure.PeerName.AsMemory(), cancellationToken).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        string line = await LineAsync(_process, measure.PeerName, cancellationToken).ConfigureAwait(false);
        if (measure.Kind == PeerMeasureKind.SharedPrefix)
        {
            return new PeerFigures(1000 / Number(line, CopiedTime()), 1000 / Number(line, ColdTime()));
        }

        return new PeerFigures(Number(line, MedianRate()), 0);
    }

    /// <summary>Writes the logits of the token ids in a file, one sequence a line, as float32 rows beside it (.logits).</summary>
    public async Task LogitsAsync(string path, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync($"l{path}".AsMemory(), cancellationToken).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        await LineAsync(_process, "l ", cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<double> LoadSecondsAsync(string repack, CancellationToken cancellationToken)
    {
        using Process process = Start(["ctx=512", "tests=-", repack]);
        try
        {
            string line = await LineAsync(process, "load_s", cancellationToken).ConfigureAwait(false);
            return Number(line, LoadTime()) + Number(line, ContextTime());
        }
        finally
        {
            process.Kill();
        }
    }

    private Process Start(string[] arguments)
    {
        string program = Path.Combine(_folder, "peer_bench");
        if (!File.Exists(program))
        {
            throw new BenchOptionException($"{program} does not exist; bench/peer/setup.sh {_folder} builds it");
        }

        Process process = new()
        {
            StartInfo = new ProcessStartInfo(program, [Path.Combine(_folder, Libraries), _model, $"threads={_threads}", .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.ErrorDataReceived += (_, data) => Keep(data.Data);
        process.Start();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The next line that begins with <paramref name="name"/>.</summary>
    private async Task<string> LineAsync(Process process, string name, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is string line)
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return line;
            }
        }

        lock (_errors)
        {
            throw new BenchOptionException($"the peer ended before it answered {name}: {string.Join(" | ", _errors.TakeLast(5))}");
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            _errors.Add(line ?? "");
        }
    }

    private static double Number(string line, Regex pattern) => pattern.Match(line) is { Success: true } match
        ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new BenchOptionException($"the peer answered '{line}', which lacks {pattern}; build it again with bench/peer/setup.sh");

    [GeneratedRegex(@"median ([0-9.]+) tok/s")]
    private static partial Regex MedianRate();

    [GeneratedRegex(@"cold ([0-9.]+) ms")]
    private static partial Regex ColdTime();

    [GeneratedRegex(@"copied ([0-9.]+) ms")]
    private static partial Regex CopiedTime();

    [GeneratedRegex(@"load_s ([0-9.]+)")]
    private static partial Regex LoadTime();

    [GeneratedRegex(@"context_s ([0-9.]+)")]
    private static partial Regex ContextTime();
}
