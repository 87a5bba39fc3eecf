using System.Diagnostics;
using Baltoro.Engine;

namespace Baltoro.Bench.Peer;

/// <summary>Opens a model once, in this fresh process. <c>load-once --model PATH [--threads N] [--cache FOLDER]</c></summary>
internal static class OneLoad
{
    public static object Run(BenchOptions options)
    {
        string model = options.Text("model") ?? throw new BenchOptionException("--model PATH is missing");
        int threads = (int)options.Number("threads", Environment.ProcessorCount);
        PackedCacheOptions? cache = options.Text("cache") is string folder ? new PackedCacheOptions { Folder = folder } : null;
        long start = Stopwatch.GetTimestamp();
        InferenceEngine engine = InferenceEngine.Open(
            model, new EngineOptions { Threads = threads, LoadVision = false, KvCacheBytes = 64L << 20, PackedCache = cache });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return new { bench = "load-once", model = Path.GetFileName(model), threads, seconds, peak_bytes = peak };
    }
}
