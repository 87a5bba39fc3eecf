using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// A linear weight w[rows, columns] (out, in), row-major, in a stored format: float32, bfloat16, Q8_0 and Q4_0 have kernels
/// of their own, other block formats are widened row by row as they are used. A view; the memory belongs to
/// <see cref="KimiWeights"/>.
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

    public BlockType Type { get; }

    public int Rows { get; private init; }

    public int Columns { get; }

    public void* Data { get; private init; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowBytes { get; }

    public long ByteCount => (long)Rows * RowBytes;

    /// <summary>Rows [start, start + count) as a matrix of their own.</summary>
    public WeightMatrix Slice(int start, int count)
    {
        if ((uint)start > (uint)Rows || (uint)count > (uint)(Rows - start))
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"rows {start}+{count} of {Rows}");
        }

        return this with { Rows = count, Data = (byte*)Data + ((long)start * RowBytes) };
    }

    /// <summary>The stored bytes of row <paramref name="row"/>.</summary>
    public ReadOnlySpan<byte> RowSpan(int row) => new(Slice(row, 1).Data, RowBytes);

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
