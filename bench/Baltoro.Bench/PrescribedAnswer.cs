using Baltoro.Engine.Sampling;

namespace Baltoro.Bench;

/// <summary>Allows one token at each place, without saying so ahead, so that the model runs for each of them.</summary>
internal sealed class PrescribedAnswer(int[] answer) : ITokenConstraint
{
    private int _position;

    public bool TryFillMask(Span<ulong> allowedBits)
    {
        int id = answer[Math.Min(_position, answer.Length - 1)];
        allowedBits[id >> 6] |= 1UL << (id & 63);
        return true;
    }

    public void Accept(int tokenId) => _position++;

    public ReadOnlySpan<int> TakeForcedTokens() => [];
}
