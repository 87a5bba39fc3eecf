using Baltoro.Engine.Sampling;
using Baltoro.Kimi.Grammar;

namespace Baltoro.Backends.Embedded;

/// <summary>Hands the rules of an answer to the engine.</summary>
internal sealed class EngineConstraint(IOutputConstraint rules) : ITokenConstraint
{
    public bool TryFillMask(Span<ulong> allowedBits) => rules.TryFillMask(allowedBits);

    public void Accept(int tokenId) => rules.Accept(tokenId);

    public ReadOnlySpan<int> TakeForcedTokens() => rules.TakeForcedTokens();
}
