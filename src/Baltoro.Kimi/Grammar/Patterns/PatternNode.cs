namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>A regular expression as a tree. Closed family.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>One code point of a set.</summary>
    public sealed record Chars(CodePointSet Set) : PatternNode;

    /// <summary>The parts one after the other; empty matches the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>Any one of the branches.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Branches) : PatternNode;

    /// <summary>Min to Max times; Max is null for no upper bound.</summary>
    public sealed record Repeat(PatternNode Body, int Min, int? Max) : PatternNode;

    /// <summary>Start of the text.</summary>
    public sealed record Start : PatternNode;

    /// <summary>End of the text.</summary>
    public sealed record End : PatternNode;
}
