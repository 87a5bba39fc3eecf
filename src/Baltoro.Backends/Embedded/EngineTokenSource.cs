using Baltoro.Engine;
using Baltoro.Engine.Sampling;
using Baltoro.Engine.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>The real engine as a token source; owns the engine.</summary>
internal sealed class EngineTokenSource(InferenceEngine engine) : ITokenSource
{
    public string Name => engine.ModelName;

    public int VocabularySize => engine.VocabularySize;

    public int ContextWindow => engine.ContextWindow;

    public int? TrainedContext => engine.TrainedContext;

    public VisionFacts? Vision => engine.Vision;

    public EngineStats Stats => engine.Stats;

    public ITokenStream Submit(GenerationRequest request) => new Stream(engine.Submit(request));

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private sealed class Stream(Generation generation) : ITokenStream
    {
        public IAsyncEnumerable<TokenEvent> ReadAsync(CancellationToken cancellationToken) => generation.ReadAsync(cancellationToken);

        public IReadOnlyList<SampledToken> PromptLogprobs => generation.PromptLogprobs;

        public void Cancel() => generation.Cancel();
    }
}
