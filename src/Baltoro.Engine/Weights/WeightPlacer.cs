using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Brings stored matrices into a format that the kernels read. What they read is used where the file is mapped; the rest is
/// converted into the store, or found there: INT4 to Q4_0 (the same values; float32 where a scale does not fit float16), FP8 to
/// bfloat16 (rounded, as the official conversion does), float16 to float32 (exact). With <paramref name="tiles"/>, Q8_0 and Q4_0 are
/// repacked into tiles, code by code.
/// </summary>
internal sealed unsafe class WeightPlacer(IWeightStore store, bool tiles)
{
    /// <summary>Bytes used in place.</summary>
    public long MappedBytes { get; private set; }

    /// <summary>Whether anything was repacked into tiles.</summary>
    public bool HasTiles { get; private set; }

    /// <summary>A matrix that activations are multiplied with: in tiles where its format has them and they are wanted.</summary>
    public WeightMatrix Linear(StoredMatrix stored)
    {
        bool packs = tiles && stored.Encoding == StoredEncoding.Blocks && WeightMatrix.TileFormatOf(stored.Type) is not null;
        return packs || (tiles && stored.Encoding == StoredEncoding.Int4Groups) ? Kept(stored, "tiles", () => TilesOf(stored)) : Matrix(stored);
    }

    /// <summary>The matrix row by row, as kernels of floats and row copies use it.</summary>
    public WeightMatrix Matrix(StoredMatrix stored) =>
        stored.Encoding == StoredEncoding.Blocks && stored.Type != BlockType.F16 ? InPlace(stored) : Kept(stored, "rows", () => RowsOf(stored));

    /// <summary>All values as float32 (exact, but for the float32 rounding of the format's own definition).</summary>
    public WeightMatrix Widened(StoredMatrix stored) => Kept(stored, "float32", () => Rounded(stored, BlockType.F32));

    /// <summary><paramref name="matrix"/>, which <paramref name="name"/> names, in tiles if its format has them and they are wanted, else itself.</summary>
    public WeightMatrix Tiled(string name, WeightMatrix matrix) =>
        tiles && matrix.Tiles is null && WeightMatrix.TileFormatOf(matrix.Type) is TileFormat format
            ? Kept($"{name} {matrix.Rows}x{matrix.Columns} tiles", () => TilesOf(format, matrix))
            : matrix;

    /// <summary>What the store has as <paramref name="name"/>, else what <paramref name="make"/> makes of memory of the store.</summary>
    public WeightMatrix Kept(string name, Func<WeightMatrix> make)
    {
        if (store.Take(name) is not WeightMatrix kept)
        {
            kept = make();
            store.Keep(name, kept);
        }

        HasTiles |= kept.Tiles is not null;
        return kept;
    }

    /// <summary>Room for a matrix row by row, uninitialised.</summary>
    public WeightMatrix Allocate(BlockType type, int rows, int columns) =>
        new(type, rows, columns, store.Allocate(BlockFormat.Of(type).RowBytes(columns) * rows, tiles: false));

    /// <inheritdoc cref="IWeightStore.Settle"/>
    public void Settle() => store.Settle();

    private WeightMatrix Kept(StoredMatrix stored, string form, Func<WeightMatrix> make) =>
        Kept($"{stored.Name} {stored.Rows}x{stored.Columns} {stored.Encoding} {stored.Type} {form}", () =>
        {
            WeightMatrix made = make();
            MemoryAdvice.Forget(stored.Data, stored.Rows * stored.RowBytes);
            return made;
        });

    private WeightMatrix InPlace(StoredMatrix stored)
    {
        MappedBytes += stored.ByteCount;
        return new WeightMatrix(stored.Type, stored.Rows, stored.Columns, stored.Data);
    }

    private WeightMatrix TilesOf(StoredMatrix stored) => stored.Encoding == StoredEncoding.Int4Groups
        ? TiledInt4(stored) ?? RowsOf(stored)
        : TilesOf(WeightMatrix.TileFormatOf(stored.Type)!.Value, new WeightMatrix(stored.Type, stored.Rows, stored.Columns, stored.Data)); // asked before

    private WeightMatrix TilesOf(TileFormat format, WeightMatrix matrix)
    {
        WeightMatrix result = AllocateTiles(matrix.Type, matrix.Rows, matrix.Columns);
        int tileCount = (matrix.Rows + TileFormat.Rows - 1) / TileFormat.Rows;
        Parallel.For(0, tileCount, tile =>
        {
            int row = tile * TileFormat.Rows;
            Pack(format, matrix.Slice(row, Math.Min(TileFormat.Rows, matrix.Rows - row)), result, row);
        });

        return result;
    }

    private WeightMatrix RowsOf(StoredMatrix stored) => stored.Encoding switch
    {
        StoredEncoding.Int4Groups => FromInt4(stored),
        StoredEncoding.Fp8Blocks => Rounded(stored, BlockType.BF16),
        _ => Rounded(stored, BlockType.F32),
    };

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
        long tileBytes = BlockFormat.Of(type).RowBytes(columns) * TileFormat.Rows;
        int tileCount = (rows + TileFormat.Rows - 1) / TileFormat.Rows;
        return WeightMatrix.Tiled(type, rows, columns, store.Allocate(tileCount * tileBytes, tiles: true));
    }

    private static Span<byte> Bytes(WeightMatrix matrix, int row) => new(matrix.Slice(row, 1).Data, matrix.RowBytes);
}
