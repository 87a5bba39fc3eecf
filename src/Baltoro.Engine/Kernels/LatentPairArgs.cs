using System.Runtime.InteropServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Two consecutive cached rows [rank + rope], float32, rounded to bfloat16 (ties to even) in both layouts that attention in latent
/// space reads: as rows, the keys, and their latent part as one pair of every column in panels of 16 columns, the values.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct LatentPairArgs
{
    public const int FirstOffset = 0;
    public const int SecondOffset = 8;
    public const int RankOffset = 16;
    public const int RopeOffset = 24;
    public const int FirstKeyOffset = 32;
    public const int SecondKeyOffset = 40;
    public const int ValuesOffset = 48;
    public const int PanelBytesOffset = 56;

    /// <summary>Rank is a multiple of this.</summary>
    public const int RankGranule = 32;

    /// <summary>Rope is a multiple of this.</summary>
    public const int RopeGranule = 16;

    [FieldOffset(FirstOffset)]
    public float* First;

    [FieldOffset(SecondOffset)]
    public float* Second;

    [FieldOffset(RankOffset)]
    public long Rank;

    [FieldOffset(RopeOffset)]
    public long Rope;

    /// <summary>[rank + rope].</summary>
    [FieldOffset(FirstKeyOffset)]
    public ushort* FirstKey;

    /// <inheritdoc cref="FirstKey"/>
    [FieldOffset(SecondKeyOffset)]
    public ushort* SecondKey;

    /// <summary>The pair's place [16, 2] in the first panel.</summary>
    [FieldOffset(ValuesOffset)]
    public ushort* Values;

    /// <summary>Bytes from one panel to the next.</summary>
    [FieldOffset(PanelBytesOffset)]
    public long PanelBytes;
}
