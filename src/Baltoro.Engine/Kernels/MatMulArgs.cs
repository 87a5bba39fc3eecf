namespace Baltoro.Engine.Kernels;

/// <summary>
/// One matrix product y[row, out] = Σ_k weights[out, k] · x[row, k]. Filled by <c>Ops.Linear</c>, which checks that every
/// address below lies inside its buffer; kernels trust it.
/// </summary>
internal unsafe struct MatMulArgs
{
    /// <summary>
    /// First element of the first output's weight row; rows of <see cref="InWidth"/> elements, <see cref="WeightStride"/>
    /// elements apart.
    /// </summary>
    public void* Weights;

    public nint WeightStride;

    public int InWidth;

    public int OutCount;

    /// <summary>x[rows, InWidth], float32, <see cref="XStride"/> floats between rows.</summary>
    public float* X;

    public nint XStride;

    /// <summary>Which row of x each output row reads; null means row r reads x row r.</summary>
    public int* XRows;

    public int Rows;

    /// <summary>y[rows, OutCount], float32, <see cref="YStride"/> floats between rows.</summary>
    public float* Y;

    public nint YStride;

    /// <summary>First float of the x row that output row <paramref name="row"/> reads.</summary>
    public readonly float* XRow(int row) => X + ((XRows == null ? row : XRows[row]) * XStride);
}
