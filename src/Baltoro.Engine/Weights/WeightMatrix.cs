namespace Baltoro.Engine.Weights;

/// <summary>
/// A linear weight w[rows, columns] (out, in), row-major, in a format that a matrix kernel reads: bfloat16 or float32.
/// A view; the memory belongs to <see cref="KimiWeights"/>.
/// </summary>
internal readonly unsafe struct WeightMatrix
{
    public WeightMatrix(ElementType type, int rows, int columns, void* data)
    {
        if (type == ElementType.Float16)
        {
            throw new ArgumentException("float16 weights are widened when they are loaded", nameof(type));
        }

        Type = type;
        Rows = rows;
        Columns = columns;
        Data = data;
    }

    public ElementType Type { get; }

    public int Rows { get; }

    public int Columns { get; }

    public void* Data { get; }

    public int ElementBytes => Type == ElementType.Float32 ? sizeof(float) : sizeof(ushort);

    public long ByteCount => (long)Rows * Columns * ElementBytes;

    /// <summary>Rows [start, start + count) as a matrix of their own.</summary>
    public WeightMatrix Slice(int start, int count)
    {
        if ((uint)start > (uint)Rows || (uint)count > (uint)(Rows - start))
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"rows {start}+{count} of {Rows}");
        }

        return new WeightMatrix(Type, count, Columns, (byte*)Data + ((long)start * Columns * ElementBytes));
    }

    /// <summary>Row <paramref name="row"/> widened to float32. Shapes: destination[Columns].</summary>
    public void CopyRow(int row, Span<float> destination)
    {
        WeightMatrix one = Slice(row, 1);
        if (destination.Length != Columns)
        {
            throw new ArgumentException($"a row has {Columns} values, the destination {destination.Length}", nameof(destination));
        }

        if (Type == ElementType.Float32)
        {
            new ReadOnlySpan<float>(one.Data, Columns).CopyTo(destination);
            return;
        }

        ReadOnlySpan<ushort> source = new(one.Data, Columns);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = BitConverter.Int32BitsToSingle(source[i] << 16);
        }
    }
}
