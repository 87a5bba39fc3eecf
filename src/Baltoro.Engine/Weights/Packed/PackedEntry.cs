using System.Runtime.InteropServices;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>One matrix of a packed file, as its directory holds it (little-endian, 48 bytes).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly struct PackedEntry
{
    public PackedEntry(ulong nameHash, long offset, WeightMatrix matrix, uint checksum)
    {
        NameHash = nameHash;
        Offset = offset;
        ByteCount = matrix.HeldBytes;
        Rows = matrix.Rows;
        Columns = matrix.Columns;
        Type = (int)matrix.Type;
        TileBits = matrix.Tiles?.Bits ?? 0;
        Checksum = checksum;
    }

    /// <summary><see cref="PackedChecksum.OfName"/> of the name it was kept under.</summary>
    public ulong NameHash { get; }

    /// <summary>Bytes from the start of the file, a multiple of <see cref="PackedHeader.Alignment"/>.</summary>
    public long Offset { get; }

    public long ByteCount { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>A <see cref="BlockType"/>.</summary>
    public int Type { get; }

    /// <summary><see cref="TileFormat.Bits"/> of a matrix in tiles; 0 row by row.</summary>
    public int TileBits { get; }

    /// <summary>CRC-32C of the data.</summary>
    public uint Checksum { get; }

    public uint Reserved { get; }

    /// <summary>What is wrong with an entry whose data must end before <paramref name="end"/>; null for a sound one.</summary>
    public string? FindProblem(long end)
    {
        BlockType type = (BlockType)Type;
        if (Rows <= 0 || Columns <= 0 || !Enum.IsDefined(type) || !BlockDecoder.CanRead(type) || Columns % BlockFormat.Of(type).Elements != 0)
        {
            return $"a matrix of {Rows} by {Columns} in format {Type}";
        }

        if (TileBits != 0 && WeightMatrix.TileFormatOf(type)?.Bits != TileBits)
        {
            return $"tiles of {TileBits} bits for {type}";
        }

        bool fits = Offset >= PackedHeader.DataOffset && Offset % PackedHeader.Alignment == 0 && Offset <= end && ByteCount <= end - Offset;
        return fits && ByteCount == BlockFormat.Of(type).RowBytes(Columns) * HeldRows ? null : $"{ByteCount} bytes at {Offset} for {Rows} by {Columns} {type}";
    }

    /// <summary>The matrix of a sound entry; <paramref name="file"/> is the first byte of the file.</summary>
    public unsafe WeightMatrix In(byte* file) => TileBits == 0
        ? new WeightMatrix((BlockType)Type, Rows, Columns, file + Offset)
        : WeightMatrix.Tiled((BlockType)Type, Rows, Columns, file + Offset);

    private long HeldRows => TileBits == 0 ? Rows : ((long)Rows + TileFormat.Rows - 1) / TileFormat.Rows * TileFormat.Rows;
}
