using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Baltoro.Engine;

namespace Baltoro.Bench.Peer;

/// <summary>
/// The engine's side of the comparison: random tokens, greedy, no speculation. As with the peer, prompts that begin like an
/// earlier one find its beginning cached.
/// </summary>
internal sealed class OwnEngine : IAsyncDisposable
{
    private const int WarmTokens = 64;

    private readonly string _model;
    private readonly int _threads;
    private readonly InferenceEngine _engine;
    private int[] _document = [];
    private double _prefillSeconds;
    private int _seed;

    public OwnEngine(string model, int threads)
    {
        _model = model;
        _threads = threads;
        _engine = InferenceEngine.Open(
            model, new EngineOptions { Threads = threads, Speculation = SpeculationMode.Off, KvCacheBytes = 1L << 30, LoadVision = false });
    }

    public string Kernels => _engine.Model?.Kernels ?? "none";

    /// <summary>Lets the code be compiled and the memory be touched.</summary>
    public Task WarmUpAsync(CancellationToken cancellationToken) => RunAsync([Random(WarmTokens), Random(WarmTokens)], WarmTokens, cancellationToken);

    /// <summary>Runs one measure; throws <see cref="OperationCanceledException"/> when the time is over.</summary>
    public async Task<PeerFigures> MeasureAsync(PeerMeasure measure, CancellationToken cancellationToken) => measure.Kind switch
    {
        PeerMeasureKind.Prefill => await PrefillAsync(measure.Context, cancellationToken).ConfigureAwait(false),
        PeerMeasureKind.SharedPrefix => await SharedPrefixAsync(measure.Context, cancellationToken).ConfigureAwait(false),
        PeerMeasureKind.Decode => await DecodeAsync(measure, cancellationToken).ConfigureAwait(false),
        PeerMeasureKind.Load => await LoadAsync(cancellationToken).ConfigureAwait(false),
        _ => throw new InvalidOperationException($"{measure.Kind} is not measured"),
    };

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task<PeerFigures> PrefillAsync(int tokens, CancellationToken cancellationToken)
    {
        _document = Random(tokens);
        List<double>[] times = await RunAsync([_document], 1, cancellationToken).ConfigureAwait(false);
        _prefillSeconds = times[0][0];
        return new PeerFigures(tokens / _prefillSeconds, 0);
    }

    /// <summary>A prompt that continues the document just read.</summary>
    private async Task<PeerFigures> SharedPrefixAsync(int prefix, CancellationToken cancellationToken)
    {
        int[] prompt = [.. _document.AsSpan(0, prefix), .. Random(PeerMeasure.SuffixTokens)];
        List<double>[] times = await RunAsync([prompt], 1, cancellationToken).ConfigureAwait(false);
        return new PeerFigures(1 / times[0][0], 1 / (_prefillSeconds + times[0][0]));
    }

    private async Task<PeerFigures> DecodeAsync(PeerMeasure measure, CancellationToken cancellationToken)
    {
        int[][] prompts = new int[measure.Streams][];
        for (int i = 0; i < prompts.Length; i++)
        {
            int shared = measure.Streams == 1 && measure.Context > WarmTokens * 2 ? Math.Min(_document.Length, measure.Context) : 0;
            prompts[i] = [.. _document.AsSpan(0, shared), .. Random(measure.Context - shared)];
        }

        // Streams whose prompt is read first generate meanwhile; steps count once the last one has started.
        List<double>[] times = await RunAsync(prompts, 40, cancellationToken).ConfigureAwait(false);
        double end = times.Min(stream => stream[^1]);
        double[] last = [.. times.MaxBy(stream => stream[0])!.Where(time => time <= end)];
        double[] steps = [.. last.Zip(last.Skip(1), (from, to) => to - from).Order()];
        return steps.Length < 4
            ? throw new BenchOptionException($"{measure.PeerName}: only {steps.Length} steps with all streams")
            : new PeerFigures(measure.Streams / steps[steps.Length / 2], 0);
    }

    /// <summary>In a process of its own, as the peer's.</summary>
    private async Task<PeerFigures> LoadAsync(CancellationToken cancellationToken)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("this process has no path");
        string[] arguments = ["load", "--model", _model, "--threads", $"{_threads}"];
        bool hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        ProcessStartInfo start = new(program, hosted ? [Assembly.GetExecutingAssembly().Location, .. arguments] : arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new BenchOptionException($"{program} does not start");
        try
        {
            string text = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            using var json = System.Text.Json.JsonDocument.Parse(text);
            double seconds = json.RootElement.GetProperty("seconds").GetDouble();
            return new PeerFigures(1 / seconds, 1 / seconds);
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new BenchOptionException(string.Create(CultureInfo.InvariantCulture, $"loading in a process of its own failed: {exception.Message}"));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Seconds from the common start to every token of every stream.</summary>
    private async Task<List<double>[]> RunAsync(int[][] prompts, int newTokens, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Task<List<double>>[] streams = [.. prompts.Select(prompt => StreamAsync(prompt, newTokens, start, cancellationToken))];
        return await Task.WhenAll(streams).ConfigureAwait(false);
    }

    private async Task<List<double>> StreamAsync(int[] prompt, int newTokens, long start, CancellationToken cancellationToken)
    {
        Generation generation = _engine.Submit(new GenerationRequest
        {
            RequestId = "bench",
            TenantId = "bench",
            PromptIds = prompt,
            MaxNewTokens = newTokens,
            Sampling = new SamplingParams { Temperature = 0 },
            StopIds = [],
        });
        List<double> times = [];
        await foreach (TokenEvent token in generation.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (token.Finish is FinishReason.Fault)
            {
                throw new BenchOptionException($"the engine failed: {token.FaultMessage}");
            }

            if (token.Finish is null)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return times;
    }

    private int[] Random(int count)
    {
        Random random = new(++_seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(_engine.VocabularySize - 16))];
    }
}
