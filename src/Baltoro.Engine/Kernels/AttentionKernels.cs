using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// The two steps of attention that are not matrix products, for one query row and one tile of keys. A row walks its key
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

    /// <summary>
    /// y_i = factor · y_i + Σ_s weights_s · values[s, i]; s ascends in one chain where four vectors fit, else in four chains
    /// by s mod 4. Shapes: weights[count], values[count, width] with <paramref name="stride"/> floats between rows, y[width].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSum(float* weights, int count, float* values, nint stride, int width, float factor, float* y)
    {
        TVector factors = TSimd.Broadcast(factor);
        int lanes = TSimd.Lanes;
        int i = 0;
        for (; i + (4 * lanes) <= width; i += 4 * lanes)
        {
            TVector y0 = TSimd.Multiply(TSimd.Load(y + i), factors);
            TVector y1 = TSimd.Multiply(TSimd.Load(y + i + lanes), factors);
            TVector y2 = TSimd.Multiply(TSimd.Load(y + i + (2 * lanes)), factors);
            TVector y3 = TSimd.Multiply(TSimd.Load(y + i + (3 * lanes)), factors);
            float* value = values + i;
            for (int s = 0; s < count; s++, value += stride)
            {
                TVector weight = TSimd.Broadcast(weights[s]);
                y0 = TSimd.Fma(weight, TSimd.Load(value), y0);
                y1 = TSimd.Fma(weight, TSimd.Load(value + lanes), y1);
                y2 = TSimd.Fma(weight, TSimd.Load(value + (2 * lanes)), y2);
                y3 = TSimd.Fma(weight, TSimd.Load(value + (3 * lanes)), y3);
            }

            TSimd.Store(y0, y + i);
            TSimd.Store(y1, y + i + lanes);
            TSimd.Store(y2, y + i + (2 * lanes));
            TSimd.Store(y3, y + i + (3 * lanes));
        }

        for (; i + lanes <= width; i += lanes)
        {
            TSimd.Store(OneColumn(weights, count, values + i, stride, TSimd.Multiply(TSimd.Load(y + i), factors)), y + i);
        }

        for (; i < width; i++)
        {
            float y0 = y[i] * factor;
            for (int s = 0; s < count; s++)
            {
                y0 = MathF.FusedMultiplyAdd(weights[s], values[(s * stride) + i], y0);
            }

            y[i] = y0;
        }
    }

    /// <summary>One vector of columns; four chains over the keys hide the latency that a single one would wait for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OneColumn(float* weights, int count, float* value, nint stride, TVector y0)
    {
        TVector y1 = TSimd.Zero;
        TVector y2 = TSimd.Zero;
        TVector y3 = TSimd.Zero;
        int s = 0;
        for (; s + 4 <= count; s += 4, value += 4 * stride)
        {
            y0 = TSimd.Fma(TSimd.Broadcast(weights[s]), TSimd.Load(value), y0);
            y1 = TSimd.Fma(TSimd.Broadcast(weights[s + 1]), TSimd.Load(value + stride), y1);
            y2 = TSimd.Fma(TSimd.Broadcast(weights[s + 2]), TSimd.Load(value + (2 * stride)), y2);
            y3 = TSimd.Fma(TSimd.Broadcast(weights[s + 3]), TSimd.Load(value + (3 * stride)), y3);
        }

        for (; s < count; s++, value += stride)
        {
            y0 = TSimd.Fma(TSimd.Broadcast(weights[s]), TSimd.Load(value), y0);
        }

        return TSimd.Add(TSimd.Add(y0, y1), TSimd.Add(y2, y3));
    }
}
