namespace Baltoro.Engine.Kernels;

/// <summary>
/// How quantized weights lie in tiles of 16 rows, made for kernels that multiply four bytes per lane: for every group of 32
/// columns the codes as unsigned bytes, then 16 float16 scales. 8-bit: byte [k / 4][row][k mod 4] holds code + 128. 4-bit:
/// byte [i][row][j], i below 4, holds code + 8 of column 4i + j in its low half and of column 16 + 4i + j in its high half.
/// Same bytes per weight as Q8_0 and Q4_0; rows beyond the last of a matrix have scale 0.
/// </summary>
internal readonly record struct TileFormat(int Bits)
{
    public const int Rows = 16;

    public static TileFormat Four => new(4);

    public static TileFormat Eight => new(8);

    /// <summary>What is added to a code to make it unsigned.</summary>
    public int Offset => 1 << (Bits - 1);

    /// <summary>Bytes of codes of one group of all rows.</summary>
    public int CodeBytes => Rows * QuantGroup.Width * Bits / 8;

    /// <summary>Bytes of one group of all rows, scales included.</summary>
    public int GroupBytes => CodeBytes + (Rows * sizeof(ushort));
}
