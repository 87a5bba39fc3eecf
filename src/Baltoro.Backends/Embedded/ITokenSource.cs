using Baltoro.Engine;
using Baltoro.Engine.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>What the embedded backend needs of an engine: token ids in, token events out. Safe for concurrent use.</summary>
internal interface ITokenSource : IAsyncDisposable
{
    string Name { get; }

    int VocabularySize { get; }

    int ContextWindow { get; }

    int? TrainedContext { get; }

    /// <summary>The vision tower; null when there is none.</summary>
    VisionFacts? Vision => null;

    EngineStats Stats { get; }

    /// <exception cref="ArgumentException">A field is out of range; the message names it.</exception>
    /// <exception cref="EngineBusyException">The waiting queue is full.</exception>
    /// <exception cref="ObjectDisposedException">The source is shutting down.</exception>
    ITokenStream Submit(GenerationRequest request);
}
