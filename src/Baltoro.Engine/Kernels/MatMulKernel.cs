using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Matrix product of stored weights with float32 activations, for one or many rows.
/// <para>
/// Every output value is one chain of fused multiply-adds per lane over k = 0, Lanes, 2·Lanes, …, then a fixed tree over
/// the lanes, then the products of the last k mod Lanes positions in order. No tile shape changes that chain, so a row's
/// value is bit-identical whatever other rows or outputs are computed with it (I4, I6). Error: docs/numerics.md.
/// </para>
/// </summary>
internal static unsafe class MatMulKernel<TSimd, TVector, TElement>
    where TSimd : ISimd<TVector>
    where TVector : struct
    where TElement : IElement
{
    /// <summary>Activations kept near the core while the weights stream past.</summary>
    private const int RowBlockBytes = 256 * 1024;

    /// <summary>Weight rows are read once per block of rows. Threads: any, on disjoint outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in MatMulArgs args)
    {
        int blockRows = Math.Max(RowBlockBytes / (sizeof(float) * Math.Max(args.InWidth, 1)) & ~3, 4);
        for (int row = 0; row < args.Rows; row += blockRows)
        {
            RunBlock(in args, row, Math.Min(args.Rows, row + blockRows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunBlock(in MatMulArgs args, int firstRow, int endRow)
    {
        nint weightBytes = TElement.BytesOf(args.WeightStride);
        byte* weights = (byte*)args.Weights;
        int column = 0;
        for (; column + 4 <= args.OutCount; column += 4)
        {
            byte* tile = weights + (column * weightBytes);
            int row = firstRow;
            for (; row + 4 <= endRow; row += 4)
            {
                FourByFour(in args, tile, weightBytes, row, column);
            }

            for (; row < endRow; row++)
            {
                FourByOne(in args, tile, weightBytes, row, column);
            }
        }

        for (; column < args.OutCount; column++)
        {
            for (int row = firstRow; row < endRow; row++)
            {
                args.Y[(row * args.YStride) + column] = Dot(weights + (column * weightBytes), args.XRow(row), args.InWidth);
            }
        }
    }

    /// <summary>One output value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(void* weights, float* x, int width)
    {
        TVector sum = TSimd.Zero;
        int k = 0;
        for (; k + TSimd.Lanes <= width; k += TSimd.Lanes)
        {
            sum = TSimd.Fma(TElement.Load<TSimd, TVector>(weights, k), TSimd.Load(x + k), sum);
        }

        float whole = LaneSum.One(TSimd.Fold(sum));
        return k < width ? whole + Tail(weights, x, k, width) : whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(in MatMulArgs args, byte* w0, nint weightBytes, int row, int column)
    {
        byte* w1 = w0 + weightBytes;
        byte* w2 = w1 + weightBytes;
        byte* w3 = w2 + weightBytes;
        float* x = args.XRow(row);
        int width = args.InWidth;
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0;
        int k = 0;
        for (; k + TSimd.Lanes <= width; k += TSimd.Lanes)
        {
            TVector v = TSimd.Load(x + k);
            s0 = TSimd.Fma(TElement.Load<TSimd, TVector>(w0, k), v, s0);
            s1 = TSimd.Fma(TElement.Load<TSimd, TVector>(w1, k), v, s1);
            s2 = TSimd.Fma(TElement.Load<TSimd, TVector>(w2, k), v, s2);
            s3 = TSimd.Fma(TElement.Load<TSimd, TVector>(w3, k), v, s3);
        }

        LaneSum.Four(TSimd.Fold(s0), TSimd.Fold(s1), TSimd.Fold(s2), TSimd.Fold(s3)).Store(args.Y + (row * args.YStride) + column);
        if (k < width)
        {
            AddTails(in args, w0, weightBytes, row, 1, column, k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(in MatMulArgs args, byte* w0, nint weightBytes, int row, int column)
    {
        byte* w1 = w0 + weightBytes;
        byte* w2 = w1 + weightBytes;
        byte* w3 = w2 + weightBytes;
        float* x0 = args.XRow(row);
        float* x1 = args.XRow(row + 1);
        float* x2 = args.XRow(row + 2);
        float* x3 = args.XRow(row + 3);
        int width = args.InWidth;
        TVector s00 = TSimd.Zero, s01 = s00, s02 = s00, s03 = s00;
        TVector s10 = s00, s11 = s00, s12 = s00, s13 = s00;
        TVector s20 = s00, s21 = s00, s22 = s00, s23 = s00;
        TVector s30 = s00, s31 = s00, s32 = s00, s33 = s00;
        int k = 0;
        for (; k + TSimd.Lanes <= width; k += TSimd.Lanes)
        {
            TVector v0 = TSimd.Load(x0 + k);
            TVector v1 = TSimd.Load(x1 + k);
            TVector v2 = TSimd.Load(x2 + k);
            TVector v3 = TSimd.Load(x3 + k);
            TVector w = TElement.Load<TSimd, TVector>(w0, k);
            s00 = TSimd.Fma(w, v0, s00);
            s10 = TSimd.Fma(w, v1, s10);
            s20 = TSimd.Fma(w, v2, s20);
            s30 = TSimd.Fma(w, v3, s30);
            w = TElement.Load<TSimd, TVector>(w1, k);
            s01 = TSimd.Fma(w, v0, s01);
            s11 = TSimd.Fma(w, v1, s11);
            s21 = TSimd.Fma(w, v2, s21);
            s31 = TSimd.Fma(w, v3, s31);
            w = TElement.Load<TSimd, TVector>(w2, k);
            s02 = TSimd.Fma(w, v0, s02);
            s12 = TSimd.Fma(w, v1, s12);
            s22 = TSimd.Fma(w, v2, s22);
            s32 = TSimd.Fma(w, v3, s32);
            w = TElement.Load<TSimd, TVector>(w3, k);
            s03 = TSimd.Fma(w, v0, s03);
            s13 = TSimd.Fma(w, v1, s13);
            s23 = TSimd.Fma(w, v2, s23);
            s33 = TSimd.Fma(w, v3, s33);
        }

        // Nothing may be called before the last store: a live accumulator across a call would be spilled in every turn of the loop.
        float* y = args.Y + (row * args.YStride) + column;
        LaneSum.Four(TSimd.Fold(s00), TSimd.Fold(s01), TSimd.Fold(s02), TSimd.Fold(s03)).Store(y);
        LaneSum.Four(TSimd.Fold(s10), TSimd.Fold(s11), TSimd.Fold(s12), TSimd.Fold(s13)).Store(y + args.YStride);
        LaneSum.Four(TSimd.Fold(s20), TSimd.Fold(s21), TSimd.Fold(s22), TSimd.Fold(s23)).Store(y + (2 * args.YStride));
        LaneSum.Four(TSimd.Fold(s30), TSimd.Fold(s31), TSimd.Fold(s32), TSimd.Fold(s33)).Store(y + (3 * args.YStride));
        if (k < width)
        {
            AddTails(in args, w0, weightBytes, row, 4, column, k);
        }
    }

    /// <summary>Adds the last width mod Lanes products to four outputs of some rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTails(in MatMulArgs args, byte* w0, nint weightBytes, int firstRow, int rows, int column, int k)
    {
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            float* y = args.Y + (row * args.YStride) + column;
            for (int i = 0; i < 4; i++)
            {
                y[i] += Tail(w0 + (i * weightBytes), args.XRow(row), k, args.InWidth);
            }
        }
    }

    private static float Tail(void* weights, float* x, int k, int width)
    {
        float sum = 0;
        for (; k < width; k++)
        {
            sum = MathF.FusedMultiplyAdd(TElement.LoadOne(weights, k), x[k], sum);
        }

        return sum;
    }
}
