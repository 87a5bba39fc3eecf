using Baltoro.Engine.Sampling;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine;

/// <summary>One sequence to generate. Immutable.</summary>
public sealed record GenerationRequest
{
    public required string RequestId { get; init; }

    /// <summary>Cached pages are shared inside one tenant only (I11).</summary>
    public required string TenantId { get; init; }

    /// <summary>Prompt token ids, at least one, each in [0, vocabulary size).</summary>
    public required ReadOnlyMemory<int> PromptIds { get; init; }

    /// <summary>
    /// Images of the prompt in ascending order, each with its run of pad tokens; the engine puts their embeddings in place. A
    /// model without a vision tower refuses any.
    /// </summary>
    public IReadOnlyList<MediaSpan> Media { get; init; } = [];

    /// <summary>Largest number of generated tokens, the stop token counted; at least 1.</summary>
    public required int MaxNewTokens { get; init; }

    public required SamplingParams Sampling { get; init; }

    /// <summary>Generation ends when one of these is drawn; it is reported as the last token.</summary>
    public IReadOnlyCollection<int> StopIds { get; init; } = [];

    /// <summary>Null: no log probabilities; otherwise how many alternatives each token reports (0..20).</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>
    /// Null: none; otherwise the prompt's own tokens get log probabilities with this many alternatives (0..20). Such a prompt
    /// takes nothing from the cache.
    /// </summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>What may be generated, or null for anything. Used by this request alone.</summary>
    public ITokenConstraint? Constraint { get; init; }
}
