namespace Baltoro.Engine.Kernels;

/// <summary>
/// One product of bfloat16 matrices with 32 columns (or 16): c[row, lane] = (factors[lane] · c[row, lane] or 0) + Σ_k a[row, k] ·
/// b[k, lane], float32 sums. Filled by <c>Ops</c>, which checks that every address lies inside its buffer.
/// </summary>
internal unsafe struct Bf16Args
{
    /// <summary>Columns of one product: two panels.</summary>
    public const int Lanes = 32;

    public const int PanelLanes = 16;

    /// <summary>K is a multiple of this.</summary>
    public const int DepthGranule = 8;

    /// <summary>a[Rows, Depth], <see cref="AStride"/> elements between rows.</summary>
    public ushort* A;

    public nint AStride;

    public int Rows;

    public int Depth;

    /// <summary>Two panels b[Depth / 2, 16, 2]: of every lane two consecutive k side by side.</summary>
    public ushort* B;

    /// <summary>Only the first panel: 16 columns.</summary>
    public bool Single;

    /// <summary>Elements from the first panel to the second.</summary>
    public nint PanelStride;

    /// <summary>c[Rows, 32], <see cref="CStride"/> floats between rows.</summary>
    public float* C;

    public nint CStride;

    /// <summary>factors[32], or null to start from zero.</summary>
    public float* Factors;
}
