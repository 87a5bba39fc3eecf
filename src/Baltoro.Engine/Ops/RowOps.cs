using Baltoro.Engine.Kernels;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>Operations on single rows, with shapes checked. Threads: any, on disjoint rows or columns.</summary>
internal static unsafe class RowOps
{
    /// <summary>y[r] = RMSNorm(x[r]) · weight for the rows <paramref name="rows"/>. Shapes: x, y[rows, width], weight[width].</summary>
    public static void RmsNorm(KernelTable kernels, RowBlock x, WeightVector weight, float eps, RowBlock y, PartRange rows)
    {
        if (x.Width != weight.Length || y.Width != weight.Length || rows.End > x.Rows || rows.End > y.Rows)
        {
            throw new ArgumentException($"norm of {weight.Length} does not fit x[{x.Rows}, {x.Width}], y[{y.Rows}, {y.Width}]");
        }

        for (int row = rows.Start; row < rows.End; row++)
        {
            kernels.RmsNorm(x.RowAt(row), weight.Data, x.Width, eps, y.RowAt(row));
        }
    }

    /// <summary>Rotates x[row] in place by the angles of one position. Shapes: x[row], cos[width], sin[width].</summary>
    public static void Rotate(KernelTable kernels, Span<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        if (cos.Length != x.Length || sin.Length != x.Length)
        {
            throw new ArgumentException($"{x.Length} values, {cos.Length} cosines, {sin.Length} sines");
        }

        fixed (float* values = x, cosines = cos, sines = sin)
        {
            kernels.Rope(values, cosines, sines, x.Length);
        }
    }

    /// <summary>gate[r] = silu(gate[r]) · up[r] in the columns <paramref name="columns"/>. Shapes: gate, up[rows, width].</summary>
    public static void Swiglu(KernelTable kernels, RowBlock gate, RowBlock up, PartRange columns)
    {
        RowBlock gates = gate.Columns(columns.Start, columns.Count);
        RowBlock ups = up.Columns(columns.Start, columns.Count).Slice(0, gate.Rows);
        for (int row = 0; row < gates.Rows; row++)
        {
            kernels.Swiglu(gates.RowAt(row), ups.RowAt(row), columns.Count, gates.RowAt(row));
        }
    }

    /// <summary>y[r] += factor · x[r] in the columns <paramref name="columns"/>. Shapes: x, y[rows, width].</summary>
    public static void Add(KernelTable kernels, float factor, RowBlock x, RowBlock y, PartRange columns)
    {
        RowBlock from = x.Columns(columns.Start, columns.Count).Slice(0, y.Rows);
        RowBlock to = y.Columns(columns.Start, columns.Count);
        for (int row = 0; row < to.Rows; row++)
        {
            kernels.Axpy(factor, from.RowAt(row), columns.Count, to.RowAt(row));
        }
    }

    /// <summary>y += factor · x over two spans of one length.</summary>
    public static void Add(KernelTable kernels, float factor, ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Length);
        fixed (float* from = x, to = y)
        {
            kernels.Axpy(factor, from, x.Length, to);
        }
    }
}
