using System.Diagnostics;
using Baltoro.Engine;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>
/// Measures the engine alone: no tokenizer, no HTTP. After one warm-up round all streams start together on different
/// random prompts; prefill counts until the last stream's first token, decode from there to the last token.
/// </summary>
internal sealed class EngineBench(EngineBenchSettings settings)
{
    private const int Seed = 1;

    public async Task<EngineBenchResult> RunAsync(CancellationToken cancellationToken)
    {
        EngineOptions options = EmbeddedBackendOpener.EngineOptions(settings.Threads ?? 0) with
        {
            MaxRunning = Math.Max(64, settings.Streams),
            PrefixCache = false,
            PackedCache = EmbeddedBackendOpener.PackedCache(ServerOptionsLoader.DataPath(null, Environment.GetEnvironmentVariable)),
        };
        string path = EmbeddedBackendOpener.Locate(settings.ModelPath);
        long start = Stopwatch.GetTimestamp();
        TimeSpan startCpu = Environment.CpuUsage.TotalTime;
        InferenceEngine engine = InferenceEngine.Open(path, options);
        await using (engine.ConfigureAwait(false))
        {
            if ((long)settings.PromptTokens + settings.NewTokens > engine.ContextWindow)
            {
                throw new StartFailure(
                    ExitCode.Usage,
                    $"--prompt-tokens and --new-tokens must together be at most the window of {engine.ContextWindow}, "
                    + $"found {settings.PromptTokens} and {settings.NewTokens}");
            }

            double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double loadCpuSeconds = (Environment.CpuUsage.TotalTime - startCpu).TotalSeconds;
            await RoundAsync(engine, 0, cancellationToken).ConfigureAwait(false);
            StreamTimes[] times = await RoundAsync(engine, settings.Streams, cancellationToken).ConfigureAwait(false);
            double firstTokens = times.Max(time => time.FirstToken);
            double end = times.Max(time => time.LastToken);
            double firstCpuMs = times.Max(time => time.FirstCpuMs);
            double endCpuMs = times.Max(time => time.LastCpuMs);
            int decoded = times.Sum(time => time.Tokens) - times.Length;
            return new EngineBenchResult(
                (double)settings.PromptTokens * settings.Streams / firstTokens,
                decoded == 0 ? 0 : decoded / (end - firstTokens),
                times.Min(time => time.FirstToken) * 1000,
                loadSeconds,
                loadCpuSeconds,
                Process.GetCurrentProcess().PeakWorkingSet64,
                engine.Model?.Kernels ?? "none",
                firstCpuMs / ((double)settings.PromptTokens * settings.Streams),
                decoded == 0 ? 0 : (endCpuMs - firstCpuMs) / decoded);
        }
    }

    private async Task<StreamTimes[]> RoundAsync(InferenceEngine engine, int round, CancellationToken cancellationToken)
    {
        Start start = new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        Task<StreamTimes>[] streams = [.. Enumerable.Range(0, settings.Streams).Select(i => StreamAsync(engine, round + i, start, cancellationToken))];
        return await Task.WhenAll(streams).ConfigureAwait(false);
    }

    private async Task<StreamTimes> StreamAsync(InferenceEngine engine, int index, Start start, CancellationToken cancellationToken)
    {
        var random = new Random(Seed + index);
        int[] prompt = [.. Enumerable.Range(0, settings.PromptTokens).Select(_ => random.Next(engine.VocabularySize))];
        Generation generation = engine.Submit(new GenerationRequest
        {
            RequestId = $"bench-{index}",
            TenantId = "bench",
            PromptIds = prompt,
            MaxNewTokens = settings.NewTokens,
            Sampling = new SamplingParams { Temperature = 0 },
        });
        StreamTimes times = default;
        await foreach (TokenEvent token in generation.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (token.Finish is FinishReason.Fault)
            {
                throw new InvalidOperationException(token.FaultMessage);
            }

            if (token.Finish is null)
            {
                double seconds = Stopwatch.GetElapsedTime(start.Timestamp).TotalSeconds;
                double cpuMs = (Environment.CpuUsage.TotalTime - start.Cpu).TotalMilliseconds;
                bool first = times.Tokens == 0;
                times = new StreamTimes(
                    first ? seconds : times.FirstToken, seconds, first ? cpuMs : times.FirstCpuMs, cpuMs, times.Tokens + 1);
            }
        }

        return times;
    }

    private readonly record struct Start(long Timestamp, TimeSpan Cpu);

    /// <summary>Seconds, and milliseconds of all processors' time, from the common start.</summary>
    private readonly record struct StreamTimes(double FirstToken, double LastToken, double FirstCpuMs, double LastCpuMs, int Tokens);
}
