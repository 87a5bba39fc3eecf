using System.Runtime.InteropServices;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>What one call of an emitted int8 kernel works on; its address is the only argument.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal unsafe struct VnniCall
{
    public const int WeightsOffset = 0;
    public const int TileBytesOffset = 8;
    public const int GroupBytesOffset = 16;
    public const int AccumulateOffset = 24;
    public const int MaskOffset = 32;
    public const int SecondMaskOffset = 40;
    public const int RowsOffset = 48;
    public const int OutputsOffset = 112;

    /// <summary>Most rows of activations in one call.</summary>
    public const int MaxRows = 8;

    /// <summary>First group of the first tile.</summary>
    [FieldOffset(WeightsOffset)]
    public byte* Weights;

    /// <summary>Bytes from the first tile to the second, for kernels of two.</summary>
    [FieldOffset(TileBytesOffset)]
    public long TileBytes;

    /// <summary>Bytes of groups to read of every row: groups · 48.</summary>
    [FieldOffset(GroupBytesOffset)]
    public long GroupBytes;

    /// <summary>Not 0: sums go on from what the outputs hold. Kernels of two tiles only.</summary>
    [FieldOffset(AccumulateOffset)]
    public long Accumulate;

    /// <summary>Which of the first tile's 16 outputs exist.</summary>
    [FieldOffset(MaskOffset)]
    public ulong Mask;

    [FieldOffset(SecondMaskOffset)]
    public ulong SecondMask;

    /// <summary>Addresses of the rows' groups.</summary>
    [FieldOffset(RowsOffset)]
    public fixed long Rows[MaxRows];

    /// <summary>Addresses of the rows' outputs for the first tile; the second tile's follow.</summary>
    [FieldOffset(OutputsOffset)]
    public fixed long Outputs[MaxRows];
}
