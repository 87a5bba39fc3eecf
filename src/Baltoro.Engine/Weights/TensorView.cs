namespace Baltoro.Engine.Weights;

/// <summary>
/// A tensor in a mapped file: format, shape and its bytes. Valid while the <see cref="SafetensorsFile"/> it came from is open.
/// </summary>
internal sealed unsafe class TensorView
{
    private readonly byte* _data;

    public TensorView(TensorEntry entry, ElementType type, string path, byte* data)
    {
        Entry = entry;
        Type = type;
        Path = path;
        _data = data;
    }

    public TensorEntry Entry { get; }

    public ElementType Type { get; }

    /// <summary>The file that holds it.</summary>
    public string Path { get; }

    public long ElementCount => Entry.ByteCount / Type switch
    {
        ElementType.Int64 => sizeof(long),
        ElementType.Float32 or ElementType.Int32 => sizeof(float),
        ElementType.Float8E4M3 => sizeof(byte),
        _ => sizeof(ushort),
    };

    /// <summary>First byte, or null when only the header was read; <see cref="TensorEntry.ByteCount"/> bytes are readable.</summary>
    public void* Data => _data;

    /// <summary>Element <paramref name="index"/> widened to float32. Throws for an index outside the tensor.</summary>
    public float this[long index]
    {
        get
        {
            if ((ulong)index >= (ulong)ElementCount)
            {
                throw new ArgumentOutOfRangeException(nameof(index), $"element {index} of {ElementCount} of {Entry.Name}");
            }

            return Type switch
            {
                ElementType.Float32 => ((float*)_data)[index],
                ElementType.BFloat16 => BitConverter.Int32BitsToSingle(((ushort*)_data)[index] << 16),
                ElementType.Float16 => (float)((Half*)_data)[index],
                ElementType.Float8E4M3 => Blocks.Fp8Blocks.ValueOf(_data[index]),
                ElementType.Int32 => ((int*)_data)[index],
                _ => ((long*)_data)[index],
            };
        }
    }

    /// <summary>Writes all elements, widened to float32. Shapes: destination[ElementCount].</summary>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != ElementCount)
        {
            throw new ArgumentException($"{Entry.Name}: {ElementCount} elements into {destination.Length}", nameof(destination));
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = this[i];
        }
    }
}
