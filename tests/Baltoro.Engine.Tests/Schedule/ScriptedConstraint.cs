using Baltoro.Engine.Sampling;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>
/// After a token t (the prompt counts as 0) only ids t + 1 … t + spread (around the vocabulary, 0 left out) may come, and
/// after every multiple of <paramref name="forceEvery"/> a run of tokens is forced.
/// </summary>
internal sealed class ScriptedConstraint(int vocabulary, int spread, int forceEvery) : ITokenConstraint
{
    private readonly List<int> _run = [];
    private int _last;

    public int AcceptedCount { get; private set; }

    public bool TryFillMask(Span<ulong> allowedBits)
    {
        for (int i = 1; i <= spread; i++)
        {
            int id = 1 + ((_last + i) % (vocabulary - 1));
            allowedBits[id >> 6] |= 1UL << id;
        }

        return spread > 0;
    }

    public void Accept(int tokenId)
    {
        AcceptedCount++;
        _last = tokenId;
    }

    public ReadOnlySpan<int> TakeForcedTokens()
    {
        _run.Clear();
        if (forceEvery > 0 && _last % forceEvery == 0)
        {
            for (int i = 0; i < 1 + (_last % 40); i++)
            {
                _run.Add(1 + ((_last + (7 * i)) % (vocabulary - 1)));
            }

            _last = _run[^1];
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_run);
    }

    public static void AssertFollows(IReadOnlyList<TokenEvent> tokens, int vocabulary, int spread)
    {
        int last = 0;
        foreach (TokenEvent token in tokens)
        {
            if (!token.Forced)
            {
                int steps = (token.TokenId - 1 - last + (2 * (vocabulary - 1))) % (vocabulary - 1);
                Assert.True(steps >= 1 && steps <= spread, $"{token.TokenId} after {last}");
            }

            last = token.TokenId;
        }
    }
}
