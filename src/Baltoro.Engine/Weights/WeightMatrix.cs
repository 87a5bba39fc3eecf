using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// A linear weight w[rows, columns] (out, in), row-major, in a stored format: float32, bfloat16, Q8_0 and Q4_0 have kernels
/// of their own, other block formats are widened row by row as they are used. Q8_0 and Q4_0 may lie in tiles of 16 rows
/// instead (<see cref="TileFormat"/>). A view; the memory belongs to <see cref="KimiWeights"/>.
/// </summary>
internal readonly unsafe struct WeightMatrix
{
    public WeightMatrix(BlockType type, int rows, int columns, void* data)
    {
        if (!BlockDecoder.CanRead(type))
        {
            throw new ArgumentException($"{type} cannot be read; readable: {string.Join(", ", BlockDecoder.Readable)}", nameof(type));
        }

        Type = type;
        Rows = rows;
        Columns = columns;
        Data = data;
        RowBytes = checked((int)BlockFormat.Of(type).RowBytes(columns));
    }

    /// <summary>A matrix in tiles; <paramref name="data"/> holds whole ones.</summary>
    public static WeightMatrix Tiled(BlockType type, int rows, int columns, void* data)
    {
        TileFormat format = TileFormatOf(type) ?? throw new ArgumentException($"{type} has no tiles", nameof(type));
        return new WeightMatrix(type, rows, columns, data) { Tiles = format };
    }

    public BlockType Type { get; }

    public int Rows { get; private init; }

    public int Columns { get; }

    public void* Data { get; private init; }

    /// <summary>Bytes from one row to the next; in tiles, a row's share of its tile.</summary>
    public int RowBytes { get; }

    /// <summary>How the rows lie in tiles; null for row-major data.</summary>
    public TileFormat? Tiles { get; private init; }

    public long ByteCount => (long)Rows * RowBytes;

    /// <summary>Bytes from the first to the end of the last tile, or of the last row.</summary>
    public long HeldBytes => Tiles is null ? ByteCount : (Rows + (long)TileFormat.Rows - 1) / TileFormat.Rows * TileFormat.Rows * RowBytes;

    /// <summary>The tiles that weights of <paramref name="type"/> can be brought into, if any.</summary>
    public static TileFormat? TileFormatOf(BlockType type) => type switch
    {
        BlockType.Q4_0 => TileFormat.Four,
        BlockType.Q8_0 => TileFormat.Eight,
        _ => null,
    };

    /// <summary>Rows [start, start + count) as a matrix of their own; tiles start at whole tiles only.</summary>
    public WeightMatrix Slice(int start, int count)
    {
        if ((uint)start > (uint)Rows || (uint)count > (uint)(Rows - start))
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"rows {start}+{count} of {Rows}");
        }

        if (Tiles is not null && start % TileFormat.Rows != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"row {start} does not start a tile of {TileFormat.Rows}");
        }

        return this with { Rows = count, Data = (byte*)Data + ((long)start * RowBytes) };
    }

    /// <summary>The stored bytes of row <paramref name="row"/> of row-major data.</summary>
    public ReadOnlySpan<byte> RowSpan(int row) => Tiles is null
        ? new(Slice(row, 1).Data, RowBytes)
        : throw new InvalidOperationException("a matrix in tiles has no rows of its own");

    /// <summary>Row <paramref name="row"/> widened to float32. Shapes: destination[Columns].</summary>
    public void CopyRow(int row, Span<float> destination)
    {
        if (destination.Length != Columns)
        {
            throw new ArgumentException($"a row has {Columns} values, the destination {destination.Length}", nameof(destination));
        }

        BlockDecoder.Decode(Type, RowSpan(row), destination);
    }
}
