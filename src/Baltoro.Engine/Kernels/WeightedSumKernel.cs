using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Softmax-weighted sums of values, four rows by four vectors at a time. Every result is one chain of fused multiply-adds over
/// s from 0 on, so neither the rows beside it nor the cut into blocks changes it (I4, I6).
/// </summary>
internal static unsafe class WeightedSumKernel<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <inheritdoc cref="WeightedSumArgs"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in WeightedSumArgs args)
    {
        int lanes = TSimd.Lanes;
        int column = 0;
        for (; column + (4 * lanes) <= args.Width; column += 4 * lanes)
        {
            int row = 0;
            for (; row + 4 <= args.Rows; row += 4)
            {
                int common = args.CountOf(row);
                FourByFour(in args, row, column, common);
                for (int i = 1; i < 4 && args.Grows; i++)
                {
                    OneByFour(in args, row + i, column, common, args.CountOf(row + i), 1);
                }
            }

            for (; row < args.Rows; row++)
            {
                OneByFour(in args, row, column, 0, args.CountOf(row), args.Factors[row]);
            }
        }

        for (int row = 0; row < args.Rows; row++)
        {
            Rest(in args, row, column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(in WeightedSumArgs args, int row, int column, int count)
    {
        int lanes = TSimd.Lanes;
        float* y0 = args.Y + (row * args.YStride) + column;
        float* y1 = y0 + args.YStride;
        float* y2 = y1 + args.YStride;
        float* y3 = y2 + args.YStride;
        TVector f = TSimd.Broadcast(args.Factors[row]);
        TVector s00 = TSimd.Multiply(TSimd.Load(y0), f), s01 = TSimd.Multiply(TSimd.Load(y0 + lanes), f);
        TVector s02 = TSimd.Multiply(TSimd.Load(y0 + (2 * lanes)), f), s03 = TSimd.Multiply(TSimd.Load(y0 + (3 * lanes)), f);
        f = TSimd.Broadcast(args.Factors[row + 1]);
        TVector s10 = TSimd.Multiply(TSimd.Load(y1), f), s11 = TSimd.Multiply(TSimd.Load(y1 + lanes), f);
        TVector s12 = TSimd.Multiply(TSimd.Load(y1 + (2 * lanes)), f), s13 = TSimd.Multiply(TSimd.Load(y1 + (3 * lanes)), f);
        f = TSimd.Broadcast(args.Factors[row + 2]);
        TVector s20 = TSimd.Multiply(TSimd.Load(y2), f), s21 = TSimd.Multiply(TSimd.Load(y2 + lanes), f);
        TVector s22 = TSimd.Multiply(TSimd.Load(y2 + (2 * lanes)), f), s23 = TSimd.Multiply(TSimd.Load(y2 + (3 * lanes)), f);
        f = TSimd.Broadcast(args.Factors[row + 3]);
        TVector s30 = TSimd.Multiply(TSimd.Load(y3), f), s31 = TSimd.Multiply(TSimd.Load(y3 + lanes), f);
        TVector s32 = TSimd.Multiply(TSimd.Load(y3 + (2 * lanes)), f), s33 = TSimd.Multiply(TSimd.Load(y3 + (3 * lanes)), f);
        float* w0 = args.Weights + (row * args.WeightStride);
        float* w1 = w0 + args.WeightStride;
        float* w2 = w1 + args.WeightStride;
        float* w3 = w2 + args.WeightStride;
        float* value = args.Values + column;
        nint stride = args.ValueStride;
        for (int s = 0; s < count; s++, value += stride)
        {
            TVector v0 = TSimd.Load(value), v1 = TSimd.Load(value + lanes);
            TVector v2 = TSimd.Load(value + (2 * lanes)), v3 = TSimd.Load(value + (3 * lanes));
            f = TSimd.Broadcast(w0[s]);
            (s00, s01, s02, s03) = (TSimd.Fma(f, v0, s00), TSimd.Fma(f, v1, s01), TSimd.Fma(f, v2, s02), TSimd.Fma(f, v3, s03));
            f = TSimd.Broadcast(w1[s]);
            (s10, s11, s12, s13) = (TSimd.Fma(f, v0, s10), TSimd.Fma(f, v1, s11), TSimd.Fma(f, v2, s12), TSimd.Fma(f, v3, s13));
            f = TSimd.Broadcast(w2[s]);
            (s20, s21, s22, s23) = (TSimd.Fma(f, v0, s20), TSimd.Fma(f, v1, s21), TSimd.Fma(f, v2, s22), TSimd.Fma(f, v3, s23));
            f = TSimd.Broadcast(w3[s]);
            (s30, s31, s32, s33) = (TSimd.Fma(f, v0, s30), TSimd.Fma(f, v1, s31), TSimd.Fma(f, v2, s32), TSimd.Fma(f, v3, s33));
        }

        Store(s00, s01, s02, s03, y0);
        Store(s10, s11, s12, s13, y1);
        Store(s20, s21, s22, s23, y2);
        Store(s30, s31, s32, s33, y3);
    }

    /// <summary>Adds the values [first, count) to four vectors of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(in WeightedSumArgs args, int row, int column, int first, int count, float factor)
    {
        int lanes = TSimd.Lanes;
        float* y = args.Y + (row * args.YStride) + column;
        TVector f = TSimd.Broadcast(factor);
        TVector s0 = TSimd.Multiply(TSimd.Load(y), f), s1 = TSimd.Multiply(TSimd.Load(y + lanes), f);
        TVector s2 = TSimd.Multiply(TSimd.Load(y + (2 * lanes)), f), s3 = TSimd.Multiply(TSimd.Load(y + (3 * lanes)), f);
        float* weights = args.Weights + (row * args.WeightStride);
        float* value = args.Values + (first * args.ValueStride) + column;
        for (int s = first; s < count; s++, value += args.ValueStride)
        {
            f = TSimd.Broadcast(weights[s]);
            s0 = TSimd.Fma(f, TSimd.Load(value), s0);
            s1 = TSimd.Fma(f, TSimd.Load(value + lanes), s1);
            s2 = TSimd.Fma(f, TSimd.Load(value + (2 * lanes)), s2);
            s3 = TSimd.Fma(f, TSimd.Load(value + (3 * lanes)), s3);
        }

        Store(s0, s1, s2, s3, y);
    }

    /// <summary>The columns behind the last four whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rest(in WeightedSumArgs args, int row, int column)
    {
        float* weights = args.Weights + (row * args.WeightStride);
        float* y = args.Y + (row * args.YStride);
        int count = args.CountOf(row);
        float factor = args.Factors[row];
        for (; column + TSimd.Lanes <= args.Width; column += TSimd.Lanes)
        {
            TVector sum = TSimd.Multiply(TSimd.Load(y + column), TSimd.Broadcast(factor));
            float* value = args.Values + column;
            for (int s = 0; s < count; s++, value += args.ValueStride)
            {
                sum = TSimd.Fma(TSimd.Broadcast(weights[s]), TSimd.Load(value), sum);
            }

            TSimd.Store(sum, y + column);
        }

        for (; column < args.Width; column++)
        {
            float sum = y[column] * factor;
            for (int s = 0; s < count; s++)
            {
                sum = MathF.FusedMultiplyAdd(weights[s], args.Values[(s * args.ValueStride) + column], sum);
            }

            y[column] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector a, TVector b, TVector c, TVector d, float* y)
    {
        TSimd.Store(a, y);
        TSimd.Store(b, y + TSimd.Lanes);
        TSimd.Store(c, y + (2 * TSimd.Lanes));
        TSimd.Store(d, y + (3 * TSimd.Lanes));
    }
}
