using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Weighted sums of common rows for many outputs at a time. Every output value is one chain of fused multiply-adds over s = 0, 1, …
/// that starts with factor · y (or 0), whatever tile it is computed in, so neither neighbours nor the vector width change it (I4).
/// </summary>
internal static unsafe class RowSumKernel<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Four rows at a time share what is loaded of the values. Threads: any, on disjoint outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in RowSumArgs args)
    {
        int pair = 2 * TSimd.Lanes;
        int whole = args.Width / pair * pair;
        for (int column = 0; column < whole; column += pair)
        {
            int row = 0;
            for (; row + 4 <= args.Rows; row += 4)
            {
                FourByTwo(in args, row, column);
            }

            for (; row < args.Rows; row++)
            {
                OneByTwo(in args, row, column);
            }
        }

        if (whole < args.Width)
        {
            Rest(in args, whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(in RowSumArgs args, int row, int column)
    {
        float* w0 = args.Weights + (row * args.WeightStride);
        float* w1 = w0 + args.WeightStride;
        float* w2 = w1 + args.WeightStride;
        float* w3 = w2 + args.WeightStride;
        float* y = args.Y + (row * args.YStride) + column;
        int lanes = TSimd.Lanes;
        TVector s00 = TSimd.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        if (args.Factors != null)
        {
            Start(y, args.Factors[row], out s00, out s01);
            Start(y + args.YStride, args.Factors[row + 1], out s10, out s11);
            Start(y + (2 * args.YStride), args.Factors[row + 2], out s20, out s21);
            Start(y + (3 * args.YStride), args.Factors[row + 3], out s30, out s31);
        }

        float* value = args.Values + column;
        int count = args.Count;
        nint stride = args.ValueStride;
        for (int s = 0; s < count; s++, value += stride)
        {
            TVector v0 = TSimd.Load(value);
            TVector v1 = TSimd.Load(value + lanes);
            TVector w = TSimd.Broadcast(w0[s]);
            s00 = TSimd.Fma(w, v0, s00);
            s01 = TSimd.Fma(w, v1, s01);
            w = TSimd.Broadcast(w1[s]);
            s10 = TSimd.Fma(w, v0, s10);
            s11 = TSimd.Fma(w, v1, s11);
            w = TSimd.Broadcast(w2[s]);
            s20 = TSimd.Fma(w, v0, s20);
            s21 = TSimd.Fma(w, v1, s21);
            w = TSimd.Broadcast(w3[s]);
            s30 = TSimd.Fma(w, v0, s30);
            s31 = TSimd.Fma(w, v1, s31);
        }

        Store(y, s00, s01);
        Store(y + args.YStride, s10, s11);
        Store(y + (2 * args.YStride), s20, s21);
        Store(y + (3 * args.YStride), s30, s31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByTwo(in RowSumArgs args, int row, int column)
    {
        float* weights = args.Weights + (row * args.WeightStride);
        float* y = args.Y + (row * args.YStride) + column;
        TVector s0 = TSimd.Zero, s1 = s0;
        if (args.Factors != null)
        {
            Start(y, args.Factors[row], out s0, out s1);
        }

        float* value = args.Values + column;
        for (int s = 0; s < args.Count; s++, value += args.ValueStride)
        {
            TVector w = TSimd.Broadcast(weights[s]);
            s0 = TSimd.Fma(w, TSimd.Load(value), s0);
            s1 = TSimd.Fma(w, TSimd.Load(value + TSimd.Lanes), s1);
        }

        Store(y, s0, s1);
    }

    /// <summary>The last columns, fewer than two vectors: whole vectors, then single values, in the same chains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rest(in RowSumArgs args, int first)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            float* weights = args.Weights + (row * args.WeightStride);
            float* y = args.Y + (row * args.YStride);
            int i = first;
            for (; i + TSimd.Lanes <= args.Width; i += TSimd.Lanes)
            {
                TVector sum = args.Factors == null ? TSimd.Zero : TSimd.Multiply(TSimd.Load(y + i), TSimd.Broadcast(args.Factors[row]));
                for (int s = 0; s < args.Count; s++)
                {
                    sum = TSimd.Fma(TSimd.Broadcast(weights[s]), TSimd.Load(args.Values + (s * args.ValueStride) + i), sum);
                }

                TSimd.Store(sum, y + i);
            }

            for (; i < args.Width; i++)
            {
                float sum = args.Factors == null ? 0 : y[i] * args.Factors[row];
                for (int s = 0; s < args.Count; s++)
                {
                    sum = MathF.FusedMultiplyAdd(weights[s], args.Values[(s * args.ValueStride) + i], sum);
                }

                y[i] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(float* y, float factor, out TVector s0, out TVector s1)
    {
        TVector factors = TSimd.Broadcast(factor);
        s0 = TSimd.Multiply(TSimd.Load(y), factors);
        s1 = TSimd.Multiply(TSimd.Load(y + TSimd.Lanes), factors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, TVector s0, TVector s1)
    {
        TSimd.Store(s0, y);
        TSimd.Store(s1, y + TSimd.Lanes);
    }
}
