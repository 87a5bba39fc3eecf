using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Brings stored matrices into a format that the kernels read. What they read is used where the file is mapped; the rest is
/// converted into the arena: INT4 to Q4_0 (the same values; float32 where a scale does not fit float16), FP8 to bfloat16
/// (rounded, as the official conversion does), float16 to float32 (exact).
/// </summary>
internal sealed unsafe class WeightPlacer(NativeArena arena)
{
    /// <summary>Bytes used in place.</summary>
    public long MappedBytes { get; private set; }

    /// <summary>The matrix as it will be used.</summary>
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

    /// <summary>Room for a matrix, uninitialised.</summary>
    public WeightMatrix Allocate(BlockType type, int rows, int columns) =>
        new(type, rows, columns, arena.Allocate(BlockFormat.Of(type).RowBytes(columns) * rows));

    private static Span<byte> Bytes(WeightMatrix matrix, int row) => new(matrix.Slice(row, 1).Data, matrix.RowBytes);
}
