using System.Diagnostics;
using Baltoro.Engine;

namespace Baltoro.Bench.Peer;

/// <summary>Opens a model once, in this fresh process. <c>load --model PATH [--threads 0]</c></summary>
internal static class LoadBench
{
    public static object Run(BenchOptions options)
    {
        string model = options.Text("model") ?? throw new BenchOptionException("--model PATH is missing");
        int threads = (int)options.Number("threads", Environment.ProcessorCount);
        long start = Stopwatch.GetTimestamp();
        InferenceEngine engine = InferenceEngine.Open(model, new EngineOptions { Threads = threads, LoadVision = false, KvCacheBytes = 64L << 20 });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return new { bench = "load", model = Path.GetFileName(model), threads, seconds, peak_bytes = peak };
    }
}
