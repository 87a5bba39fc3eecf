using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Ops;

/// <summary>
/// Softmax-weighted sums of values, fed tile by tile. One accumulator serves many query rows; each row keeps its own
/// maximum and sum, so a row's result depends only on the tiles it is given.
/// </summary>
internal sealed unsafe class OnlineSoftmax(KernelTable kernels)
{
    private float[] _max = [];
    private float[] _sum = [];

    /// <summary>Forgets everything and makes room for <paramref name="rows"/> rows (allocates only when it grows).</summary>
    public void Begin(int rows)
    {
        if (_max.Length < rows)
        {
            _max = new float[rows];
            _sum = new float[rows];
        }

        _max.AsSpan(0, rows).Fill(float.NegativeInfinity);
        _sum.AsSpan(0, rows).Clear();
    }

    /// <summary>
    /// Turns one row's raw scores into weights relative to its new maximum, in place. Returns the factor for what the row
    /// has summed up before.
    /// </summary>
    public float Weigh(int row, Span<float> scores, float scale)
    {
        fixed (float* values = scores)
        {
            return kernels.SoftmaxTile(values, scores.Length, scale, ref _max[row], ref _sum[row]);
        }
    }

    /// <summary>y = factor · y + Σ_s weights[s] · values[s]. Shapes: weights[values.Rows], y[values.Width].</summary>
    public void Accumulate(ReadOnlySpan<float> weights, RowBlock values, float factor, Span<float> y)
    {
        if (weights.Length != values.Rows || y.Length != values.Width)
        {
            throw new ArgumentException($"{weights.Length} weights, values[{values.Rows}, {values.Width}], {y.Length} results");
        }

        fixed (float* w = weights, to = y)
        {
            kernels.WeightedSum(w, weights.Length, values.Data, values.Stride, values.Width, factor, to);
        }
    }

    /// <summary>Divides one row's result by its sum of weights.</summary>
    public void Finish(int row, Span<float> y)
    {
        float sum = _sum[row];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] /= sum;
        }
    }
}
