namespace Baltoro.Engine.Ops;

/// <summary>
/// A view of float32 rows x[rows, width] with <see cref="Stride"/> floats between rows. All slicing is checked, so code that
/// holds a view cannot name memory outside it. The memory belongs to <c>Workspace</c>, the cache or the caller.
/// </summary>
internal readonly unsafe struct RowBlock
{
    public RowBlock(float* data, int rows, int width, nint stride)
    {
        Data = data;
        Rows = rows;
        Width = width;
        Stride = stride;
    }

    public float* Data { get; }

    public int Rows { get; }

    public int Width { get; }

    public nint Stride { get; }

    /// <summary>Row <paramref name="row"/>, its <see cref="Width"/> values.</summary>
    public Span<float> Row(int row) => new(RowAt(row), Width);

    /// <summary>Rows [start, start + count).</summary>
    public RowBlock Slice(int start, int count)
    {
        if ((uint)start > (uint)Rows || (uint)count > (uint)(Rows - start))
        {
            ThrowOutside("rows", start, count, Rows);
        }

        return new RowBlock(Data + (start * Stride), count, Width, Stride);
    }

    /// <summary>Columns [start, start + count) of every row.</summary>
    public RowBlock Columns(int start, int count)
    {
        if ((uint)start > (uint)Width || (uint)count > (uint)(Width - start))
        {
            ThrowOutside("columns", start, count, Width);
        }

        return new RowBlock(Data + start, Rows, count, Stride);
    }

    /// <summary>One row seen as <paramref name="rows"/> rows of Width / rows values; the row's parts, such as heads.</summary>
    public RowBlock Unfold(int row, int rows)
    {
        int width = Width / rows;
        if (width * rows != Width)
        {
            ThrowOutside("parts of a row", rows, width, Width);
        }

        return new RowBlock(RowAt(row), rows, width, width);
    }

    internal float* RowAt(int row)
    {
        if ((uint)row >= (uint)Rows)
        {
            ThrowOutside("rows", row, 1, Rows);
        }

        return Data + (row * Stride);
    }

    private static void ThrowOutside(string what, int start, int count, int limit) =>
        throw new ArgumentOutOfRangeException(nameof(start), $"{what} {start}+{count} of {limit}");
}
