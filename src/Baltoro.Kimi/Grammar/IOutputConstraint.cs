namespace Baltoro.Kimi.Grammar;

/// <summary>
/// What a model may say next, as token ids. Has the shape of the engine's constraint, which this project does not know.
/// One instance belongs to one answer and one thread.
/// </summary>
public interface IOutputConstraint
{
    /// <summary>Sets the bits of the tokens that may come next in a clear mask; false when any token may.</summary>
    bool TryFillMask(Span<ulong> allowedBits);

    /// <summary>Notes a token that was drawn.</summary>
    /// <exception cref="InvalidOperationException">It was not allowed.</exception>
    void Accept(int tokenId);

    /// <summary>Takes the tokens that must come next, counted as accepted; empty when there is a choice. Valid until the next call.</summary>
    ReadOnlySpan<int> TakeForcedTokens();
}
