using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// A matrix [rows, columns] (a vector is one row) as some file stores it, found and checked by an <see cref="IWeightSource"/>.
/// A view into the source's mapping; of a source opened for its headers alone the data must not be touched.
/// </summary>
internal sealed unsafe class StoredMatrix
{
    /// <summary>The tensor's name in its file, for messages.</summary>
    public required string Name { get; init; }

    public required string Path { get; init; }

    public StoredEncoding Encoding { get; init; }

    /// <summary>Format of the data where <see cref="Encoding"/> is Blocks.</summary>
    public BlockType Type { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Blocks or codes, row by row.</summary>
    public required byte* Data { get; init; }

    /// <summary>INT4: bfloat16[rows, columns / 32]. FP8: float32[⌈rows / 128⌉, ⌈columns / 128⌉].</summary>
    public byte* Scales { get; init; }

    /// <summary>Bytes of data and scales.</summary>
    public long ByteCount => Encoding switch
    {
        StoredEncoding.Blocks => Rows * RowBytes,
        StoredEncoding.Int4Groups => Rows * (RowBytes + ScaleRowBytes),
        _ => (Rows * RowBytes) + FactorBytes,
    };

    /// <summary>Bytes of <see cref="Data"/> from one row to the next.</summary>
    public long RowBytes => Encoding switch
    {
        StoredEncoding.Blocks => BlockFormat.Of(Type).RowBytes(Columns),
        StoredEncoding.Int4Groups => Columns / 2,
        _ => Columns,
    };

    private long ScaleRowBytes => Columns / Int4Groups.GroupSize * sizeof(ushort);

    private long FactorBytes => (long)Fp8Blocks.BlockCount(Rows) * Fp8Blocks.BlockCount(Columns) * sizeof(float);

    /// <summary>Row <paramref name="row"/> widened to float32. Shapes: values[columns].</summary>
    public void DecodeRow(int row, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        ReadOnlySpan<byte> data = new(Data + (row * RowBytes), checked((int)RowBytes));
        switch (Encoding)
        {
            case StoredEncoding.Blocks:
                BlockDecoder.Decode(Type, data, values);
                break;
            case StoredEncoding.Int4Groups:
                Int4Groups.Decode(data, ScaleRow(row), values);
                break;
            default:
                Fp8Blocks.DecodeRow(data, new ReadOnlySpan<byte>(Scales, checked((int)FactorBytes)), row, values);
                break;
        }
    }

    /// <summary>INT4: row <paramref name="row"/> as Q4_0 blocks of the same values; false when a scale does not fit float16.</summary>
    public bool TryEncodeQ4Scale(int row, Span<byte> blocks) =>
        Int4Groups.ToQ4Scale(new ReadOnlySpan<byte>(Data + (row * RowBytes), checked((int)RowBytes)), ScaleRow(row), blocks) < 0;

    private ReadOnlySpan<byte> ScaleRow(int row) => new(Scales + (row * ScaleRowBytes), checked((int)ScaleRowBytes));
}
