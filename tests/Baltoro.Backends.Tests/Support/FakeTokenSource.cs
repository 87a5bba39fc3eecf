using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Engine.Vision;

namespace Baltoro.Backends.Tests.Support;

/// <summary>
/// A token source that plays scripts by the engine's rules: stop ids and the budget end a generation, a cancel ends it
/// within one token. Keeps what it was asked.
/// </summary>
internal sealed class FakeTokenSource(Func<int, IEnumerable<int>> script) : ITokenSource
{
    public ConcurrentQueue<GenerationRequest> Requests { get; } = [];

    public ConcurrentQueue<FakeTokenStream> Streams { get; } = [];

    /// <summary>Requests accepted before the queue is full.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    /// <summary>Token count after which generations fail, or null.</summary>
    public int? FaultAfter { get; init; }

    public string Name => "fake";

    public int VocabularySize { get; init; } = 534;

    public int ContextWindow { get; init; } = 1_000;

    public int? TrainedContext => 512;

    public VisionFacts? Vision { get; init; }

    public EngineStats Stats => default;

    public bool IsDisposed { get; private set; }

    public ITokenStream Submit(GenerationRequest request)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (request.Sampling.Temperature > 2)
        {
            throw new ArgumentException("Temperature is 3; allowed is 0 to 2.");
        }

        int index = Requests.Count;
        if (index >= Capacity)
        {
            throw new EngineBusyException(index, Capacity);
        }

        Requests.Enqueue(request);
        FakeTokenStream stream = new(request, script(index), FaultAfter);
        Streams.Enqueue(stream);
        return stream;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        foreach (FakeTokenStream stream in Streams)
        {
            stream.Cancel();
        }

        return ValueTask.CompletedTask;
    }
}
