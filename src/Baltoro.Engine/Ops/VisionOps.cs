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
}
