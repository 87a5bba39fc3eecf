namespace Baltoro.Engine.Sampling;

/// <summary>
/// What a sequence may say. One instance belongs to one request and is called by the engine's owner thread only, once per
/// drawn token, in the order fill, draw, accept, take. It must depend on the accepted tokens alone (I6).
/// </summary>
public interface ITokenConstraint
{
    /// <summary>
    /// Sets the bits of the tokens that may come next (bit i of word w is token 64 w + i; all bits are clear on entry).
    /// False: any token may. A mask without a bit ends the sequence with a fault.
    /// </summary>
    bool TryFillMask(Span<ulong> allowedBits);

    /// <summary>Notes a token that was drawn.</summary>
    void Accept(int tokenId);

    /// <summary>
    /// Takes the tokens that must come next, counted as accepted; empty when there is a choice. They are generated without
    /// running the model. Valid until the next call.
    /// </summary>
    ReadOnlySpan<int> TakeForcedTokens();
}
