using Baltoro.Engine.Kernels;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Ops;

/// <summary>Operations of vision towers, with shapes checked. Threads: any, on disjoint rows or columns.</summary>
internal static unsafe class VisionOps
{
    /// <summary>y[r] = LayerNorm(x[r]) for the rows <paramref name="rows"/>. Shapes: x, y[rows, width].</summary>
    public static void LayerNorm(KernelTable kernels, RowBlock x, NormWeights norm, float eps, RowBlock y, PartRange rows)
    {
        int width = norm.Weight.Length;
        if (x.Width != width || norm.Bias.Length != width || y.Width != width || rows.End > x.Rows || rows.End > y.Rows)
        {
            throw new ArgumentException($"norm of {width} does not fit x[{x.Rows}, {x.Width}], y[{y.Rows}, {y.Width}]");
        }

        for (int row = rows.Start; row < rows.End; row++)
        {
            kernels.LayerNorm(x.RowAt(row), norm.Weight.Data, norm.Bias.Data, width, eps, y.RowAt(row));
        }
    }

    /// <summary>y[r, o] = weight[o] · x[r] + bias[o] for the outputs <paramref name="outs"/>. Shapes: x[rows, in], y[rows, out].</summary>
    public static void Linear(KernelTable kernels, LinearWeights linear, RowBlock x, RowBlock y, PartRange outs)
    {
        Ops.Linear.Apply(kernels, linear.Weight, x, y, outs);
        ReadOnlySpan<float> bias = linear.Bias.Span.Slice(outs.Start, outs.Count);
        for (int row = 0; row < y.Rows; row++)
        {
            RowOps.Add(kernels, 1f, bias, y.Row(row).Slice(outs.Start, outs.Count));
        }
    }

    /// <summary>x = gelu(x), tanh form, in the columns <paramref name="columns"/> of every row.</summary>
    public static void GeluTanh(KernelTable kernels, RowBlock x, PartRange columns)
    {
        RowBlock part = x.Columns(columns.Start, columns.Count);
        for (int row = 0; row < part.Rows; row++)
        {
            kernels.GeluTanh(part.RowAt(row), part.Width, part.RowAt(row));
        }
    }

    /// <summary>x = gelu(x), exact form, in the columns <paramref name="columns"/> of every row.</summary>
    public static void GeluErf(KernelTable kernels, RowBlock x, PartRange columns)
    {
        RowBlock part = x.Columns(columns.Start, columns.Count);
        for (int row = 0; row < part.Rows; row++)
        {
            kernels.GeluErf(part.RowAt(row), part.Width, part.RowAt(row));
        }
    }

    /// <summary>Rotates every head of one row in place by the angles of its place. Shapes: x[heads · width], cos, sin[width].</summary>
    public static void RotateHeads(KernelTable kernels, Span<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        for (int at = 0; at < x.Length; at += cos.Length)
        {
            RowOps.Rotate(kernels, x.Slice(at, cos.Length), cos, sin);
        }
    }

    /// <summary>
    /// y[r] = factors[r] · y[r] + Σ_s weights[r, s] · values[s]; without factors y is written only. Shapes: weights[rows, count],
    /// values[count, width], factors[rows] or empty, y[rows, width].
    /// </summary>
    public static void RowSums(KernelTable kernels, RowBlock weights, RowBlock values, ReadOnlySpan<float> factors, RowBlock y)
    {
        bool fits = weights.Width == values.Rows && weights.Rows == y.Rows && values.Width == y.Width
            && (factors.IsEmpty || factors.Length == y.Rows);
        if (!fits)
        {
            throw new ArgumentException(
                $"weights[{weights.Rows}, {weights.Width}] · values[{values.Rows}, {values.Width}] does not give y[{y.Rows}, {y.Width}]");
        }

        fixed (float* start = factors)
        {
            RowSumArgs args = new()
            {
                Weights = weights.Data,
                WeightStride = weights.Stride,
                Count = weights.Width,
                Values = values.Data,
                ValueStride = values.Stride,
                Width = y.Width,
                Factors = factors.IsEmpty ? null : start,
                Rows = y.Rows,
                Y = y.Data,
                YStride = y.Stride,
            };
            kernels.RowSums(in args);
        }
    }

    /// <summary>Column <paramref name="column"/> of y becomes x. Shapes: x[rows], y[rows, width].</summary>
    public static void SetColumn(ReadOnlySpan<float> x, RowBlock y, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Rows);
        float* to = y.Columns(column, 1).Data;
        for (int row = 0; row < x.Length; row++, to += y.Stride)
        {
            *to = x[row];
        }
    }
}
