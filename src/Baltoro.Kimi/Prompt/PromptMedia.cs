using Baltoro.Kimi.Media;
using Baltoro.Kimi.Vision;

namespace Baltoro.Kimi.Prompt;

/// <summary>A run of media pad tokens in a prompt and what is to be seen there. Closed family.</summary>
/// <param name="Position">Index of the first pad token.</param>
/// <param name="TokenCount">Length of the run.</param>
public abstract record PromptMedia(int Position, int TokenCount)
{
    /// <summary>One picture.</summary>
    public sealed record Picture(int Position, int TokenCount, EncodedImage Image) : PromptMedia(Position, TokenCount);

    /// <summary>One chunk of a film.</summary>
    /// <param name="Position">Index of the first pad token.</param>
    /// <param name="TokenCount">Length of the run.</param>
    /// <param name="Video">The film.</param>
    /// <param name="Plan">All chunks of the film.</param>
    /// <param name="Index">Which of them.</param>
    public sealed record Chunk(int Position, int TokenCount, EncodedVideo Video, VideoPlan Plan, int Index)
        : PromptMedia(Position, TokenCount);
}
