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
    private float[] _factor = [];

    /// <summary>Forgets everything and makes room for <paramref name="rows"/> rows (allocates only when it grows).</summary>
    public void Begin(int rows)
    {
        if (_max.Length < rows)
        {
            _max = new float[rows];
            _sum = new float[rows];
            _factor = new float[rows];
        }

        _max.AsSpan(0, rows).Fill(float.NegativeInfinity);
        _sum.AsSpan(0, rows).Clear();
    }

    /// <summary>
    /// Turns one row's raw scores into weights relative to its new maximum, in place. What the row has summed up before is
    /// rescaled by the next <see cref="Accumulate"/>.
    /// </summary>
    public void Weigh(int row, Span<float> scores, float scale)
    {
        fixed (float* values = scores)
        {
            _factor[row] = kernels.SoftmaxTile(values, scores.Length, scale, ref _max[row], ref _sum[row]);
        }
    }

    /// <summary>
    /// y[r] = factor[r] · y[r] + Σ_s weights[r, s] · values[s] for consecutive rows of this accumulator; the first sees the first
    /// <paramref name="firstCount"/> values, each next one more where <paramref name="grows"/>, until all are seen. Resets the
    /// factors to 1. Shapes: weights[rows, values.Rows], y[rows, values.Width].
    /// </summary>
    public void Accumulate(int firstRow, RowBlock weights, RowBlock values, int firstCount, bool grows, RowBlock y)
    {
        if (weights.Width != values.Rows || weights.Rows != y.Rows || y.Width != values.Width
            || firstCount < 0 || firstCount > values.Rows || firstRow + y.Rows > _factor.Length)
        {
            throw new ArgumentException(
                $"weights[{weights.Rows}, {weights.Width}], values[{values.Rows}, {values.Width}], y[{y.Rows}, {y.Width}]");
        }

        fixed (float* factors = &_factor[firstRow])
        {
            kernels.WeightedSum(new WeightedSumArgs
            {
                Weights = weights.Data,
                WeightStride = weights.Stride,
                Rows = y.Rows,
                FirstCount = firstCount,
                Grows = grows,
                Values = values.Data,
                ValueStride = values.Stride,
                ValueCount = values.Rows,
                Width = values.Width,
                Factors = factors,
                Y = y.Data,
                YStride = y.Stride,
            });
        }

        _factor.AsSpan(firstRow, y.Rows).Fill(1);
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
