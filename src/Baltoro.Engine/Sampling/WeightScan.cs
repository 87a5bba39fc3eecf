using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Sampling;

/// <summary>
/// Walks over the weights of a whole vocabulary, sixteen at a time. Sums have sixteen lanes in double on every machine, so that
/// all draw the same tokens.
/// </summary>
internal static class WeightScan
{
    /// <summary>Weights whose sum is taken at once while a token is searched.</summary>
    private const int Stretch = 512;

    /// <summary>Σ of the weights that are <paramref name="least"/> or more.</summary>
    public static double Sum(ReadOnlySpan<float> weights, float least)
    {
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        Vector512<float> floor = Vector512.Create(least);
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        foreach (Vector512<float> vector in vectors)
        {
            Vector512<float> kept = vector & Vector512.GreaterThanOrEqual(vector, floor);
            (Vector512<double> first, Vector512<double> second) = Vector512.Widen(kept);
            low += first;
            high += second;
        }

        double total = Vector512.Sum(low + high);
        foreach (float weight in weights[(vectors.Length * Vector512<float>.Count)..])
        {
            total += weight >= least ? weight : 0;
        }

        return total;
    }

    /// <summary>
    /// Writes ids and negated weights of all that are <paramref name="floor"/> or more and above zero, ids ascending; returns their
    /// number. Shapes: ids, negated[weights].
    /// </summary>
    public static int Gather(ReadOnlySpan<float> weights, float floor, Span<int> ids, Span<float> negated)
    {
        int count = 0;
        Vector512<float> least = Vector512.Create(MathF.Max(floor, float.Epsilon));
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        for (int i = 0; i < vectors.Length; i++)
        {
            ulong found = Vector512.GreaterThanOrEqual(vectors[i], least).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                int id = (i * Vector512<float>.Count) + System.Numerics.BitOperations.TrailingZeroCount(found);
                ids[count] = id;
                negated[count++] = -weights[id];
            }
        }

        for (int id = vectors.Length * Vector512<float>.Count; id < weights.Length; id++)
        {
            if (weights[id] >= floor && weights[id] > 0)
            {
                ids[count] = id;
                negated[count++] = -weights[id];
            }
        }

        return count;
    }

    /// <summary>
    /// The token at which the running sum, in id order, of the weights that are <paramref name="least"/> or more exceeds
    /// <paramref name="unit"/> of the whole; the last of them where rounding hides it.
    /// </summary>
    public static int Pick(ReadOnlySpan<float> weights, float least, double unit)
    {
        double target = unit * Sum(weights, least);
        for (int start = 0; start < weights.Length; start += Stretch)
        {
            ReadOnlySpan<float> stretch = weights.Slice(start, Math.Min(Stretch, weights.Length - start));
            double sum = Sum(stretch, least);
            if (target >= sum)
            {
                target -= sum;
                continue;
            }

            for (int i = 0; i < stretch.Length; i++)
            {
                target -= stretch[i] >= least ? stretch[i] : 0;
                if (target < 0)
                {
                    return start + i;
                }
            }

            target = 0;
        }

        int last = weights.Length - 1;
        while (last > 0 && !(weights[last] >= least && weights[last] > 0))
        {
            last--;
        }

        return last;
    }
}
