namespace Baltoro.Engine.Kernels;

/// <summary>
/// Sums of values for several rows of weights: y[row, i] = factors[row] · y[row, i] + Σ_s weights[row, s] · values[s, i], s below
/// the row's own count. Filled by <c>Ops.OnlineSoftmax</c>, which checks that every address lies inside its buffer.
/// </summary>
internal unsafe struct WeightedSumArgs
{
    /// <summary>weights[rows, count of the last row], <see cref="WeightStride"/> floats between rows.</summary>
    public float* Weights;

    public nint WeightStride;

    public int Rows;

    /// <summary>Values that the first row sees.</summary>
    public int FirstCount;

    /// <summary>Whether each next row sees one value more, up to <see cref="ValueCount"/>.</summary>
    public bool Grows;

    /// <summary>values[ValueCount, Width], <see cref="ValueStride"/> floats between rows.</summary>
    public float* Values;

    public nint ValueStride;

    public int ValueCount;

    public int Width;

    /// <summary>factors[rows].</summary>
    public float* Factors;

    /// <summary>y[rows, Width], <see cref="YStride"/> floats between rows.</summary>
    public float* Y;

    public nint YStride;

    /// <summary>Values that row <paramref name="row"/> sees.</summary>
    public readonly int CountOf(int row) => Grows ? Math.Min(FirstCount + row, ValueCount) : FirstCount;
}
