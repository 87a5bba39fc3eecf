using System.Diagnostics;
using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>
/// A loaded model with its threads. <see cref="Run"/> and <see cref="Dispose"/> are for one owner thread at a time;
/// properties may be read from any thread.
/// </summary>
public sealed class ModelRunner : IModelRunner, IDisposable
{
    private readonly KimiWeights _weights;
    private readonly WorkerPool _pool;
    private readonly KimiModel _model;
    private bool _disposed;

    private ModelRunner(KimiConfig config, KimiWeights weights, KernelTable kernels, int threadCount, long startTimestamp)
    {
        Config = config;
        KernelName = kernels.Name;
        ThreadCount = threadCount;
        WeightBytes = weights.ByteCount;
        NotLoadedTensors = weights.NotLoaded;
        _weights = weights;
        _pool = new WorkerPool(threadCount);
        _model = new KimiModel(config, weights, kernels, _pool);
        LoadSeconds = Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds;
    }

    public KimiConfig Config { get; }

    /// <summary>The kernel variant in use, one of <see cref="EngineOptions.SupportedKernels"/>.</summary>
    public string KernelName { get; }

    public int ThreadCount { get; }

    /// <summary>Seconds from the call of <see cref="Load"/> until the runner was ready.</summary>
    public double LoadSeconds { get; }

    /// <summary>Bytes of weights in use, mapped or copied.</summary>
    public long WeightBytes { get; }

    /// <summary>Tensors of the files that text inference leaves out.</summary>
    public IReadOnlyList<string> NotLoadedTensors { get; }

    public int VocabularySize => Config.VocabularySize;

    public int MaxPositions => Config.MaxPositions;

    /// <summary>
    /// Loads a model: a folder with config.json and model.safetensors or model.safetensors.index.json, or a GGUF file. Throws
    /// <see cref="Diagnostics.ModelFormatException"/> naming what is wrong with the files, <see cref="ArgumentException"/>
    /// for options that are wrong.
    /// </summary>
    public static ModelRunner Load(string path, EngineOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        ArgumentNullException.ThrowIfNull(options);
        if (options.Threads < 0)
        {
            throw new ArgumentException($"threads: {options.Threads} is not 0 (one per core) or more", nameof(options));
        }

        if (options.InnerNormEps is float given && !(given > 0 && float.IsFinite(given)))
        {
            throw new ArgumentException($"innerNormEps: {given} is not a number above 0", nameof(options));
        }

        KernelTable kernels = KernelCatalog.Select(options.Kernels);
        int threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        (KimiConfig config, IWeightSource source) = ModelFiles.Open(path);
        if (options.InnerNormEps is float eps)
        {
            config = config with { InnerNormEps = eps };
        }

        KimiWeights weights = WeightMap.Load(source, config, WeightForm.Of(kernels));
        try
        {
            return new ModelRunner(config, weights, kernels, threads, start);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public unsafe ReadOnlySpan<float> Run(StepPlan plan, LatentCache cache)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(cache);
        RowBlock logits = _model.Run(plan, cache);
        return new ReadOnlySpan<float>(logits.Data, checked(logits.Rows * logits.Width));
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _pool.Dispose();
            _model.Dispose();
            _weights.Dispose();
        }
    }
}
