using Baltoro.Engine.Cache;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Model;

/// <summary>
/// Runs one forward step. The one seam between serving (Schedule, Cache, Sampling) and the model, so that serving can be
/// simulated without weights. Called by the engine's owner thread only.
/// </summary>
public interface IModelRunner
{
    int VocabularySize { get; }

    /// <summary>Largest number of positions of one sequence.</summary>
    int MaxPositions { get; }

    /// <summary>What turns images into embeddings; null for a model that takes text only.</summary>
    IImageEncoder? Images => null;

    /// <summary>
    /// Computes all rows of <paramref name="plan"/>, writes each row's latent into <paramref name="cache"/> and returns
    /// logits[row, vocabulary] (float32, row-major) of the wanted rows in slice order. The span is valid until the next call.
    /// A row's result is bit-identical whatever other rows the plan holds (I4).
    /// </summary>
    ReadOnlySpan<float> Run(StepPlan plan, LatentCache cache);
}
