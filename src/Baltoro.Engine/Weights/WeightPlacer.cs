using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Brings stored matrices into a format that the kernels read. What they read is used where the file is mapped; the rest is
/// converted into the arena: INT4 to Q4_0 (the same values; float32 where a scale does not fit float16), FP8 to bfloat16
/// (rounded, as the official conversion does), float16 to float32 (exact). Q8_0 and Q4_0 can be repacked into tiles, code by
/// code, where the kernels want them so.
/// </summary>
internal sealed unsafe class WeightPlacer(NativeArena arena, TileArena? tiles)
{
    /// <summary>Bytes used in place.</summary>
    public long MappedBytes { get; private set; }

    /// <summary>Whether anything was repacked into tiles.</summary>
    public bool HasTiles { get; private set; }

    /// <summary>A matrix that activations are multiplied with: in tiles where its format has them and there is an arena for them.</summary>
    public WeightMatrix Linear(StoredMatrix stored)
    {
        if (tiles is not null && stored.Encoding == StoredEncoding.Int4Groups && TiledInt4(stored) is WeightMatrix packed)
        {
            return packed;
        }

        bool packs = tiles is not null && stored.Encoding == StoredEncoding.Blocks && WeightMatrix.TileFormatOf(stored.Type) is not null;
        if (!packs)
        {
            return Matrix(stored);
        }

        WeightMatrix result = Tiled(new WeightMatrix(stored.Type, stored.Rows, stored.Columns, stored.Data));
        TileArena.Forget(stored.Data, stored.ByteCount);
        return result;
    }

    /// <summary>The matrix row by row, as kernels of floats and row copies use it.</summary>
    public WeightMatrix Matrix(StoredMatrix stored) => stored.Encoding switch
    {
        StoredEncoding.Int4Groups => FromInt4(stored),
        StoredEncoding.Fp8Blocks => Rounded(stored, BlockType.BF16),
        _ when stored.Type == BlockType.F16 => Rounded(stored, BlockType.F32),
        _ => InPlace(stored),
    };

    /// <summary>All values as float32 (exact, but for the float32 rounding of the format's own definition).</summary>
    public WeightMatrix Widened(StoredMatrix stored) => Rounded(stored, BlockType.F32);

    private WeightMatrix InPlace(StoredMatrix stored)
    {
        MappedBytes += stored.ByteCount;
        return new WeightMatrix(stored.Type, stored.Rows, stored.Columns, stored.Data);
    }

    private WeightMatrix FromInt4(StoredMatrix stored)
    {
        WeightMatrix target = Allocate(BlockType.Q4_0, stored.Rows, stored.Columns);
        for (int row = 0; row < stored.Rows; row++)
        {
            if (!stored.TryEncodeQ4Scale(row, Bytes(target, row)))
            {
                return Rounded(stored, BlockType.F32);
            }
        }

        return target;
    }

    private WeightMatrix Rounded(StoredMatrix stored, BlockType type)
    {
        WeightMatrix target = Allocate(type, stored.Rows, stored.Columns);
        float[] values = new float[stored.Columns];
        for (int row = 0; row < stored.Rows; row++)
        {
            stored.DecodeRow(row, values);
            try
            {
                BlockEncoder.Encode(type, values, Bytes(target, row));
            }
            catch (NotFiniteNumberException exception)
            {
                throw new ModelFormatException(stored.Path, $"{stored.Name}, row {row}", "finite values", exception.Message, exception);
            }
        }

        return target;
    }

    /// <summary><paramref name="matrix"/> in tiles if its format has them and there is an arena for them, else itself.</summary>
    public WeightMatrix Tiled(WeightMatrix matrix)
    {
        if (tiles is null || WeightMatrix.TileFormatOf(matrix.Type) is not TileFormat format || matrix.Tiles is not null)
        {
            return matrix;
        }

        WeightMatrix result = AllocateTiles(matrix.Type, matrix.Rows, matrix.Columns);
        int tileCount = (matrix.Rows + TileFormat.Rows - 1) / TileFormat.Rows;
        Parallel.For(0, tileCount, tile =>
        {
            int row = tile * TileFormat.Rows;
            Pack(format, matrix.Slice(row, Math.Min(TileFormat.Rows, matrix.Rows - row)), result, row);
        });

        return result;
    }

    /// <summary>INT4 groups as 4-bit tiles, through sixteen rows at a time; null when a scale does not fit float16.</summary>
    private WeightMatrix? TiledInt4(StoredMatrix stored)
    {
        WeightMatrix result = AllocateTiles(BlockType.Q4_0, stored.Rows, stored.Columns);
        byte[] rows = new byte[TileFormat.Rows * result.RowBytes];
        fixed (byte* start = rows)
        {
            for (int row = 0; row < stored.Rows; row += TileFormat.Rows)
            {
                int count = Math.Min(TileFormat.Rows, stored.Rows - row);
                for (int i = 0; i < count; i++)
                {
                    if (!stored.TryEncodeQ4Scale(row + i, rows.AsSpan(i * result.RowBytes, result.RowBytes)))
                    {
                        return null;
                    }
                }

                Pack(TileFormat.Four, new WeightMatrix(BlockType.Q4_0, count, stored.Columns, start), result, row);
            }
        }

        TileArena.Forget(stored.Data, stored.Rows * stored.RowBytes);
        return result;
    }

    private static void Pack(TileFormat format, WeightMatrix rows, WeightMatrix tiled, int firstRow) => TilePacker.Pack(
        format,
        (byte*)rows.Data,
        rows.RowBytes,
        rows.Rows,
        rows.Columns / QuantGroup.Width,
        (byte*)tiled.Data + ((nint)firstRow * tiled.RowBytes));

    private WeightMatrix AllocateTiles(BlockType type, int rows, int columns)
    {
        HasTiles = true;
        long tileBytes = BlockFormat.Of(type).RowBytes(columns) * TileFormat.Rows;
        int tileCount = (rows + TileFormat.Rows - 1) / TileFormat.Rows;
        return WeightMatrix.Tiled(type, rows, columns, tiles!.Allocate(tileCount * tileBytes)); // callers have an arena
    }

    /// <summary>Room for a matrix, uninitialised.</summary>
    public WeightMatrix Allocate(BlockType type, int rows, int columns) =>
        new(type, rows, columns, arena.Allocate(BlockFormat.Of(type).RowBytes(columns) * rows));

    private static Span<byte> Bytes(WeightMatrix matrix, int row) => new(matrix.Slice(row, 1).Data, matrix.RowBytes);
}
