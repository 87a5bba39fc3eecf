using System.Diagnostics;
using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Vision;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Vision;

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
    private readonly VisionWeights? _visionWeights;
    private readonly VisionTower? _tower;
    private bool _disposed;

    private ModelRunner(
        KimiConfig config,
        KimiWeights weights,
        (VisionConfig Config, VisionWeights Weights)? vision,
        KernelTable kernels,
        EngineOptions options,
        long startTimestamp)
    {
        int threadCount = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        Config = config;
        KernelName = kernels.Name;
        ThreadCount = threadCount;
        WeightBytes = weights.ByteCount + (vision?.Weights.ByteCount ?? 0);
        NotLoadedTensors = vision is null ? weights.NotLoaded : [.. weights.NotLoaded.Where(name => !TensorNames.IsVision(name))];
        _weights = weights;
        _pool = new WorkerPool(threadCount);
        _model = new KimiModel(config, weights, kernels, _pool);
        if (vision is var (visionConfig, visionWeights))
        {
            // A slice of vision takes about as long as a step's share of prompts, so that generation does not wait longer for it.
            long slice = options.PrefillTokensPerStep * ModelCost.MultiplyAddsPerRow(config);
            _visionWeights = visionWeights;
            _tower = new VisionTower(visionConfig, visionWeights, kernels, threadCount);
            Images = new ImageEncoder(visionConfig, _tower, _pool, slice, config.MediaPlaceholderId);
        }

        LoadSeconds = Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds;
    }

    public KimiConfig Config { get; }

    /// <inheritdoc/>
    public IImageEncoder? Images { get; }

    /// <summary>The kernel variant in use, one of <see cref="EngineOptions.SupportedKernels"/>.</summary>
    public string KernelName { get; }

    public int ThreadCount { get; }

    /// <summary>Seconds from the call of <see cref="Load"/> until the runner was ready.</summary>
    public double LoadSeconds { get; }

    /// <summary>Bytes of weights in use, mapped or copied.</summary>
    public long WeightBytes { get; }

    /// <summary>Tensors of the files that inference leaves out; those of a vision tower only when it was not loaded.</summary>
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
        (KimiConfig config, IWeightSource source) = ModelFiles.Open(path);
        if (options.InnerNormEps is float eps)
        {
            config = config with { InnerNormEps = eps };
        }

        KimiWeights weights = WeightLoader.Load(source, config, WeightForm.Of(kernels), options.PackedCache);
        (VisionConfig Config, VisionWeights Weights)? vision = null;
        try
        {
            vision = options.LoadVision ? VisionFiles.Load(path, options.VisionPath, config, source) : null;
            return new ModelRunner(config, weights, vision, kernels, options, start);
        }
        catch
        {
            vision?.Weights.Dispose();
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
            _tower?.Dispose();
            _visionWeights?.Dispose();
            _weights.Dispose();
        }
    }
}
