using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>Kernels over one row of float32 values that vision towers need: norm with mean and bias, gate by tanh.</summary>
internal static unsafe class VisionKernels<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// y_i = weight_i · (x_i − mean) / sqrt(variance + eps) + bias_i. Shapes: x, weight, bias, y[width]; y may be x. Mean, then
    /// the mean of squared distances from it; float32 sums, one chain per lane, root double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LayerNorm(float* x, float* weight, float* bias, int width, float eps, float* y)
    {
        float mean = Sum(x, width) / width;
        float scale = (float)(1.0 / Math.Sqrt(((double)Squares(x, width, mean) / width) + eps));
        TVector means = TSimd.Broadcast(mean);
        TVector scales = TSimd.Broadcast(scale);
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TVector normed = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            TSimd.Store(TSimd.Fma(normed, TSimd.Load(weight + i), TSimd.Load(bias + i)), y + i);
        }

        for (; i < width; i++)
        {
            y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, weight[i], bias[i]);
        }
    }

    /// <summary>
    /// y_i = gelu(x_i) by the tanh formula, ½x(1 + tanh(√(2/π)(x + 0.044715x³))), which is x / (1 + e^−2u). Shapes: x, y[width];
    /// y may be x.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GeluTanh(float* x, int width, float* y)
    {
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TSimd.Store(Gate(TSimd.Load(x + i)), y + i);
        }

        if (i < width)
        {
            int rest = width - i;
            PartialVector<TSimd, TVector>.Store(Gate(PartialVector<TSimd, TVector>.Load(x + i, rest, 0)), y + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gate(TVector x)
    {
        TVector bend = TSimd.Fma(TSimd.Multiply(x, x), TSimd.Broadcast((float)Gelu.TanhCubic), TSimd.Broadcast((float)Gelu.TanhLinear));
        TVector decay = TSimd.Exp(TSimd.Multiply(x, bend));
        return TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(1f), decay));
    }

    private static float Sum(float* x, int width)
    {
        TVector sum = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            sum = TSimd.Add(sum, TSimd.Load(x + i));
        }

        float total = LaneSum.One(TSimd.Fold(sum));
        for (; i < width; i++)
        {
            total += x[i];
        }

        return total;
    }

    private static float Squares(float* x, int width, float mean)
    {
        TVector means = TSimd.Broadcast(mean);
        TVector sum = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Lanes <= width; i += TSimd.Lanes)
        {
            TVector distance = TSimd.Subtract(TSimd.Load(x + i), means);
            sum = TSimd.Fma(distance, distance, sum);
        }

        float total = LaneSum.One(TSimd.Fold(sum));
        for (; i < width; i++)
        {
            total = MathF.FusedMultiplyAdd(x[i] - mean, x[i] - mean, total);
        }

        return total;
    }
}
