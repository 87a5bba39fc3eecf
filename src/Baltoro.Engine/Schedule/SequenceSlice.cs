using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Schedule;

/// <summary>The rows of one sequence in one step: consecutive tokens from <see cref="StartPosition"/> on.</summary>
public sealed class SequenceSlice
{
    /// <summary>Token ids of the rows.</summary>
    public required ReadOnlyMemory<int> Tokens { get; set; }

    /// <summary>Position of the first row in its sequence; all earlier positions are in the cache.</summary>
    public required int StartPosition { get; set; }

    /// <summary>Page ids of the sequence in position order; covers every position up to the last row.</summary>
    public required ReadOnlyMemory<int> Pages { get; set; }

    public required AttentionForm Form { get; set; }

    /// <summary>Images of the sequence in ascending order; those that the rows touch have their values.</summary>
    public IReadOnlyList<MediaEmbedding> Media { get; set; } = [];

    /// <summary>Number of rows, counted from the last one, whose logits are wanted (0, 1, or all for inspection).</summary>
    public required int LogitRows { get; set; }
}
