using System.Runtime.InteropServices;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>What one call of an emitted bfloat16 kernel works on; its address is the only argument. Strides in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Bf16Call
{
    public const int AOffset = 0;
    public const int AStrideOffset = 8;
    public const int BOffset = 16;
    public const int PanelBytesOffset = 24;
    public const int TurnsOffset = 32;
    public const int COffset = 40;
    public const int CStrideOffset = 48;
    public const int FactorsOffset = 56;

    public ushort* A;
    public long AStride;
    public ushort* B;
    public long PanelBytes;

    /// <summary>Turns of eight k.</summary>
    public long Turns;

    public float* C;
    public long CStride;
    public float* Factors;
}
