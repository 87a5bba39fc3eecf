using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>Kernels over one row of float32 values: norm, rotation, gate, dot, scaled add.</summary>
internal static unsafe class RowKernels<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// y_i = weight_i · x_i / sqrt(mean(x²) + eps). Shapes: x, weight, y[width]; y may be x. The mean is float32 (one chain
    /// per lane), the root double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsNorm(float* x, float* weight, int width, float eps, float* y)
    {
        TVector sum = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TVector v = TSimd.Load(x + i);
            sum = TSimd.Fma(v, v, sum);
        }

        float squares = LaneSum.One(TSimd.Fold(sum));
        for (; i < width; i++)
        {
            squares = MathF.FusedMultiplyAdd(x[i], x[i], squares);
        }

        float scale = (float)(1.0 / Math.Sqrt(((double)squares / width) + eps));
        TVector scales = TSimd.Broadcast(scale);
        for (i = 0; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Multiply(TSimd.Load(x + i), scales), TSimd.Load(weight + i)), y + i);
        }

        for (; i < width; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    /// <summary>
    /// Rotates the pairs (x_2i, x_2i+1) in place. Shapes: x, cos, sin[width], width even; cos holds each pair's cosine twice,
    /// sin holds (-sin, +sin) of each pair.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rope(float* x, float* cos, float* sin, int width)
    {
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TVector v = TSimd.Load(x + i);
            TVector turned = TSimd.Multiply(TSimd.SwapPairs(v), TSimd.Load(sin + i));
            TSimd.Store(TSimd.Fma(v, TSimd.Load(cos + i), turned), x + i);
        }

        for (; i + 2 <= width; i += 2)
        {
            float a = x[i];
            float b = x[i + 1];
            x[i] = MathF.FusedMultiplyAdd(a, cos[i], b * sin[i]);
            x[i + 1] = MathF.FusedMultiplyAdd(b, cos[i + 1], a * sin[i + 1]);
        }
    }

    /// <summary>y_i = silu(gate_i) · up_i with silu(g) = g / (1 + e^-g). Shapes: gate, up, y[width]; y may be gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Swiglu(float* gate, float* up, int width, float* y)
    {
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TSimd.Store(Gate(TSimd.Load(gate + i), TSimd.Load(up + i)), y + i);
        }

        if (i < width)
        {
            int rest = width - i;
            TVector g = PartialVector<TSimd, TVector>.Load(gate + i, rest, 0);
            TVector u = PartialVector<TSimd, TVector>.Load(up + i, rest, 0);
            PartialVector<TSimd, TVector>.Store(Gate(g, u), y + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gate(TVector gate, TVector up)
    {
        TVector decay = TSimd.Exp(TSimd.Subtract(TSimd.Zero, gate));
        return TSimd.Multiply(TSimd.Divide(gate, TSimd.Add(TSimd.Broadcast(1f), decay)), up);
    }

    /// <summary>y_i = factor · x_i + y_i with one rounding. Shapes: x, y[width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Axpy(float factor, float* x, int width, float* y)
    {
        TVector factors = TSimd.Broadcast(factor);
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TSimd.Store(TSimd.Fma(factors, TSimd.Load(x + i), TSimd.Load(y + i)), y + i);
        }

        for (; i < width; i++)
        {
            y[i] = MathF.FusedMultiplyAdd(factor, x[i], y[i]);
        }
    }
}
