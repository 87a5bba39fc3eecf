namespace Baltoro.Engine.Sampling;

/// <summary>The mask of the current draw. Scratch of one vocabulary; used by the engine's owner thread.</summary>
internal sealed class ConstraintStep(int vocabularySize)
{
    private readonly ulong[] _allowed = new ulong[(vocabularySize + 63) / 64];

    /// <summary>The mask for the next draw of <paramref name="constraint"/>; empty when any token may come.</summary>
    /// <exception cref="InvalidOperationException">No token may come.</exception>
    public ReadOnlySpan<ulong> Fill(ITokenConstraint? constraint)
    {
        if (constraint is null)
        {
            return default;
        }

        Array.Clear(_allowed);
        if (!constraint.TryFillMask(_allowed))
        {
            return default;
        }

        if ((vocabularySize & 63) != 0)
        {
            _allowed[^1] &= (1UL << vocabularySize) - 1;
        }

        return _allowed.AsSpan().ContainsAnyExcept(0UL)
            ? _allowed
            : throw new InvalidOperationException("the constraint allows no token");
    }

    /// <summary>Sets the logits[vocabulary] of tokens that are not allowed to minus infinity.</summary>
    public static void Apply(ReadOnlySpan<ulong> allowed, Span<float> logits)
    {
        for (int word = 0; word < allowed.Length; word++)
        {
            ulong bits = allowed[word];
            int start = word * 64;
            int count = Math.Min(64, logits.Length - start);
            if (bits == ulong.MaxValue || count <= 0)
            {
                continue;
            }

            Span<float> part = logits.Slice(start, count);
            if (bits == 0)
            {
                part.Fill(float.NegativeInfinity);
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                part[i] = (bits >> i & 1) != 0 ? part[i] : float.NegativeInfinity;
            }
        }
    }
}
