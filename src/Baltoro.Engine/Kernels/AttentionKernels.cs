using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// The softmax of attention, for one query row and one tile of keys. A row walks its key
/// tiles from position 0 in a fixed order, so its result depends on its own length only (I4, I6).
/// </summary>
internal static unsafe class AttentionKernels<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// Online softmax of one tile: replaces scores[count] by exp(scale · score − max'), where max' is the largest scaled
    /// score of this and all earlier tiles; updates max and sum. Returns exp(max − max'), by which what was summed up to
    /// now has to be multiplied. Before the first tile: max = −∞, sum = 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SoftmaxTile(float* scores, int count, float scale, ref float max, ref float sum)
    {
        TVector scales = TSimd.Broadcast(scale);
        TVector largest = TSimd.Broadcast(float.NegativeInfinity);
        int rest = count % TSimd.Lanes;
        int whole = count - rest;
        for (int i = 0; i < whole; i += TSimd.Lanes)
        {
            largest = TSimd.Max(largest, TSimd.Multiply(TSimd.Load(scores + i), scales));
        }

        if (rest > 0)
        {
            TVector score = PartialVector<TSimd, TVector>.Load(scores + whole, rest, float.NegativeInfinity);
            largest = TSimd.Max(largest, TSimd.Multiply(score, scales));
        }

        float newMax = MathF.Max(max, TSimd.MaxLane(largest));
        TVector shift = TSimd.Broadcast(newMax);
        TVector total = TSimd.Zero;
        for (int i = 0; i < whole; i += TSimd.Lanes)
        {
            TVector weight = TSimd.Exp(TSimd.Subtract(TSimd.Multiply(TSimd.Load(scores + i), scales), shift));
            TSimd.Store(weight, scores + i);
            total = TSimd.Add(total, weight);
        }

        if (rest > 0)
        {
            TVector score = PartialVector<TSimd, TVector>.Load(scores + whole, rest, float.NegativeInfinity);
            TVector weight = TSimd.Exp(TSimd.Subtract(TSimd.Multiply(score, scales), shift));
            PartialVector<TSimd, TVector>.Store(weight, scores + whole, rest);
            total = TSimd.Add(total, weight);
        }

        float factor = MathF.Exp(max - newMax);
        sum = MathF.FusedMultiplyAdd(sum, factor, LaneSum.One(TSimd.Fold(total)));
        max = newMax;
        return factor;
    }
}
