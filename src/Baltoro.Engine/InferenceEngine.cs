using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine;

/// <summary>
/// The engine's only door: token ids in, token events out. All members are safe to call from any thread.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    private readonly IModelRunner _runner;
    private readonly LatentCache _cache;
    private readonly EngineLoop _loop;
    private readonly EngineOptions _options;
    private int _inFlight;
    private int _disposed;

    /// <summary>Builds an engine over <paramref name="runner"/>, which it owns from here on.</summary>
    /// <param name="layerCount">Layers a cached token has a row in.</param>
    /// <param name="latentRowWidth">Floats per cached row: kv_lora_rank + qk_rope_head_dim.</param>
    public InferenceEngine(IModelRunner runner, int layerCount, int latentRowWidth, EngineOptions options)
    {
        EngineOptionsCheck.Validate(options);
        _runner = runner;
        _options = options;
        int pageCount = CachePlan.PageCount(options.KvCacheBytes, runner.MaxPositions, layerCount, latentRowWidth);
        _cache = new LatentCache(pageCount, layerCount, latentRowWidth);
        _loop = new EngineLoop(runner, _cache, options);
        _loop.SequenceEnded += _ => Interlocked.Decrement(ref _inFlight);
        ContextWindow = (int)Math.Min(runner.MaxPositions, (long)pageCount * LatentCache.PageTokens);
    }

    /// <summary>Loads a model folder and starts an engine on it.</summary>
    /// <exception cref="Diagnostics.ModelFormatException">The files are wrong; the message names path, field, expected and found.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static InferenceEngine Open(string modelPath, EngineOptions options)
    {
        EngineOptionsCheck.Validate(options);
        ModelRunner runner = ModelRunner.Load(modelPath, options);
        try
        {
            KimiConfig config = runner.Config;
            return new InferenceEngine(runner, config.LayerCount, config.LatentRank + config.RopeHeadDim, options)
            {
                Model = new ModelFacts
                {
                    Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelPath))),
                    TrainedContext = config.TrainedContext,
                    Kernels = runner.KernelName,
                    Threads = runner.ThreadCount,
                    LoadSeconds = runner.LoadSeconds,
                    WeightBytes = runner.WeightBytes,
                    Vision = runner.Images?.Facts,
                    UnknownFields = config.UnknownFields,
                },
            };
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    /// <summary>What was loaded; null for an engine over a runner of the caller's own.</summary>
    public ModelFacts? Model { get; private init; }

    /// <summary>The loaded vision tower; null for a text model, which refuses images.</summary>
    public VisionFacts? Vision => _runner.Images?.Facts;

    public int? TrainedContext => Model?.TrainedContext;

    /// <summary>Name of the loaded model.</summary>
    public string ModelName => Model?.Name ?? "unnamed";

    public int VocabularySize => _runner.VocabularySize;

    /// <summary>Most tokens, prompt and answer together, that one sequence can have: the model's positions or the cache, whichever is less.</summary>
    public int ContextWindow { get; }

    /// <summary>Counters as of the last step.</summary>
    public EngineStats Stats => _loop.Stats;

    /// <summary>Accepts a request; its events follow through the returned handle.</summary>
    /// <exception cref="ArgumentException">A field is out of range; the message names it.</exception>
    /// <exception cref="EngineBusyException">The waiting queue is full.</exception>
    public Generation Submit(GenerationRequest request)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        GenerationRequestCheck.Validate(request, VocabularySize, ContextWindow);
        MediaCheck.Validate(request, Vision);
        int limit = _options.MaxRunning + _options.MaxWaiting;
        if (Interlocked.Increment(ref _inFlight) > limit)
        {
            int waiting = Interlocked.Decrement(ref _inFlight) - _options.MaxRunning;
            throw new EngineBusyException(waiting, _options.MaxWaiting);
        }

        var sequence = new Sequence(request, ContextWindow, _options.Speculation != SpeculationMode.Off)
        {
            ArrivedTimestamp = _options.Clock.GetTimestamp(),
        };
        _loop.Submit(sequence);
        return new Generation(sequence, _loop);
    }

    /// <summary>Ends every generation as cancelled, stops the owner thread and frees cache and weights.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _loop.Dispose();
            _cache.Dispose();
            (_runner as IDisposable)?.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
