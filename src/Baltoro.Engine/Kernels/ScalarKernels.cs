namespace Baltoro.Engine.Kernels;

/// <summary>
/// The reference twins: the same operations written as plainly as possible with double accumulation. Every other variant
/// is tested against them, and they run anywhere.
/// </summary>
internal static unsafe class ScalarKernels
{
    /// <inheritdoc cref="MatMulKernel{TSimd, TVector, TElement}.Run"/>
    public static void MatMul<TElement>(in MatMulArgs args)
        where TElement : IElement
    {
        for (int column = 0; column < args.OutCount; column++)
        {
            byte* weights = (byte*)args.Weights + (column * TElement.BytesOf(args.WeightStride));
            for (int row = 0; row < args.Rows; row++)
            {
                float* x = args.XRow(row);
                double sum = 0;
                for (int k = 0; k < args.InWidth; k++)
                {
                    sum += (double)TElement.LoadOne(weights, k) * x[k];
                }

                args.Y[(row * args.YStride) + column] = (float)sum;
            }
        }
    }

    /// <inheritdoc cref="RowKernels{TSimd, TVector}.RmsNorm"/>
    public static void RmsNorm(float* x, float* weight, int width, float eps, float* y)
    {
        double squares = 0;
        for (int i = 0; i < width; i++)
        {
            squares += (double)x[i] * x[i];
        }

        double scale = 1.0 / Math.Sqrt((squares / width) + eps);
        for (int i = 0; i < width; i++)
        {
            y[i] = (float)(x[i] * scale * weight[i]);
        }
    }

    /// <inheritdoc cref="VisionKernels{TSimd, TVector}.LayerNorm"/>
    public static void LayerNorm(float* x, float* weight, float* bias, int width, float eps, float* y)
    {
        double mean = 0;
        for (int i = 0; i < width; i++)
        {
            mean += (double)x[i] / width;
        }

        double squares = 0;
        for (int i = 0; i < width; i++)
        {
            squares += (x[i] - mean) * (x[i] - mean);
        }

        double scale = 1.0 / Math.Sqrt((squares / width) + eps);
        for (int i = 0; i < width; i++)
        {
            y[i] = (float)(((x[i] - mean) * scale * weight[i]) + bias[i]);
        }
    }

    /// <inheritdoc cref="RowKernels{TSimd, TVector}.Rope"/>
    public static void Rope(float* x, float* cos, float* sin, int width)
    {
        for (int i = 0; i + 2 <= width; i += 2)
        {
            double a = x[i];
            double b = x[i + 1];
            x[i] = (float)((a * cos[i]) + (b * sin[i]));
            x[i + 1] = (float)((b * cos[i + 1]) + (a * sin[i + 1]));
        }
    }

    /// <inheritdoc cref="RowKernels{TSimd, TVector}.Swiglu"/>
    public static void Swiglu(float* gate, float* up, int width, float* y)
    {
        for (int i = 0; i < width; i++)
        {
            y[i] = (float)(gate[i] / (1.0 + Math.Exp(-(double)gate[i])) * up[i]);
        }
    }

    /// <inheritdoc cref="RowKernels{TSimd, TVector}.Axpy"/>
    public static void Axpy(float factor, float* x, int width, float* y)
    {
        for (int i = 0; i < width; i++)
        {
            y[i] = (float)(((double)factor * x[i]) + y[i]);
        }
    }

    /// <inheritdoc cref="AttentionKernels{TSimd, TVector}.SoftmaxTile"/>
    public static float SoftmaxTile(float* scores, int count, float scale, ref float max, ref float sum)
    {
        float newMax = max;
        for (int i = 0; i < count; i++)
        {
            newMax = MathF.Max(newMax, scores[i] * scale);
        }

        double total = 0;
        for (int i = 0; i < count; i++)
        {
            double weight = Math.Exp(((double)scores[i] * scale) - newMax);
            scores[i] = (float)weight;
            total += weight;
        }

        double factor = Math.Exp((double)max - newMax);
        sum = (float)((sum * factor) + total);
        max = newMax;
        return (float)factor;
    }

    /// <inheritdoc cref="WeightedSumArgs"/>
    public static void WeightedSum(in WeightedSumArgs args)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            float* weights = args.Weights + (row * args.WeightStride);
            float* y = args.Y + (row * args.YStride);
            for (int i = 0; i < args.Width; i++)
            {
                double sum = (double)y[i] * args.Factors[row];
                for (int s = 0; s < args.CountOf(row); s++)
                {
                    sum += (double)weights[s] * args.Values[(s * args.ValueStride) + i];
                }

                y[i] = (float)sum;
            }
        }
    }

    /// <inheritdoc cref="RowSumKernel{TSimd, TVector}.Run"/>
    public static void RowSums(in RowSumArgs args)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            float* y = args.Y + (row * args.YStride);
            for (int i = 0; i < args.Width; i++)
            {
                double sum = args.Factors == null ? 0 : (double)y[i] * args.Factors[row];
                for (int s = 0; s < args.Count; s++)
                {
                    sum += (double)args.Weights[(row * args.WeightStride) + s] * args.Values[(s * args.ValueStride) + i];
                }

                y[i] = (float)sum;
            }
        }
    }
}
