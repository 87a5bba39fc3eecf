namespace Baltoro.Engine.Kernels;

/// <summary>
/// Weighted sums of common rows: y[r, i] = factors[r] · y[r, i] + Σ_s weights[r, s] · values[s, i]. Filled by <c>Ops.VisionOps</c>, which
/// checks that every address below lies inside its buffer; kernels trust it.
/// </summary>
internal unsafe struct RowSumArgs
{
    /// <summary>weights[rows, Count], <see cref="WeightStride"/> floats between rows.</summary>
    public float* Weights;

    public nint WeightStride;

    public int Count;

    /// <summary>values[Count, Width], <see cref="ValueStride"/> floats between rows.</summary>
    public float* Values;

    public nint ValueStride;

    public int Width;

    /// <summary>factors[rows]; null means that y is written without being read.</summary>
    public float* Factors;

    public int Rows;

    /// <summary>y[rows, Width], <see cref="YStride"/> floats between rows.</summary>
    public float* Y;

    public nint YStride;
}
