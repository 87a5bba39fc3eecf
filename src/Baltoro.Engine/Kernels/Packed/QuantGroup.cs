using System.Runtime.InteropServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Thirty-two activations of one row as signed bytes: value ≈ Scale · code, codes within −127…127. What kernels with unsigned
/// weights have to add for the weights' offset is kept beside them. A row of K activations is K / 32 of these, contiguous.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = ByteCount)]
internal unsafe struct QuantGroup
{
    /// <summary>Activations in a group; equals the weights' block, so that one product of scales serves both.</summary>
    public const int Width = 32;

    public const int ByteCount = 48;
    public const int ScaleOffset = 32;
    public const int Offset4Offset = 36;
    public const int Offset8Offset = 40;

    [FieldOffset(0)]
    public fixed sbyte Codes[Width];

    /// <summary>NaN when one of the values is not finite.</summary>
    [FieldOffset(ScaleOffset)]
    public float Scale;

    /// <summary>−8 · Σ codes: cancels the offset of 4-bit weights.</summary>
    [FieldOffset(Offset4Offset)]
    public int Offset4;

    /// <summary>−128 · Σ codes: cancels the offset of 8-bit weights.</summary>
    [FieldOffset(Offset8Offset)]
    public int Offset8;

    [FieldOffset(44)]
    public int Unused;
}
