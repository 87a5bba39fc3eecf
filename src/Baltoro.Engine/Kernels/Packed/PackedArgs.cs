namespace Baltoro.Engine.Kernels;

/// <summary>
/// One product y[row, out] = Σ_g (Σ_k w[out, g, k] · x[row, g, k]) · scale[out, g] · scale[row, g] of tiled weights and
/// quantized activations. Filled by <c>Ops.Linear</c>, which checks that every address lies inside its buffer; kernels
/// trust it.
/// </summary>
internal unsafe struct PackedArgs
{
    public TileFormat Format;

    /// <summary>The tile that holds the first output, which is its first row.</summary>
    public byte* Weights;

    /// <summary>Groups of 32 columns.</summary>
    public int Groups;

    public int OutCount;

    /// <summary>x[rows, groups]; <see cref="XStride"/> groups between rows.</summary>
    public QuantGroup* X;

    public nint XStride;

    /// <summary>Which row of x each output row reads; null means row r reads x row r.</summary>
    public int* XRows;

    public int Rows;

    /// <summary>y[rows, OutCount], float32, <see cref="YStride"/> floats between rows.</summary>
    public float* Y;

    public nint YStride;

    /// <summary>Bytes from one tile to the next.</summary>
    public readonly nint TileBytes => (nint)Groups * Format.GroupBytes;

    /// <summary>First group of the x row that output row <paramref name="row"/> reads.</summary>
    public readonly QuantGroup* XRow(int row) => X + ((XRows == null ? row : XRows[row]) * XStride);
}
