using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Reads and checks the header of a GGUF version 3 file. A header that passes describes tensors of known formats that lie
/// inside the file, aligned and apart, with as many bytes as format and shape say. Layout: ggml's GGUF specification,
/// little-endian: magic, u32 version, u64 tensor count, u64 value count, values, tensor infos, padding, data.
/// </summary>
internal static class GgufHeaderReader
{
    private const uint Magic = 0x46554747;
    private const uint Version = 3;
    private const int MaxDimensions = 4;
    private const int MaxNameBytes = 65535;
    private const int MaxTensors = 1_000_000;
    private const int MaxValues = 65_536;
    private const int TensorBytes = sizeof(ulong) + 1 + sizeof(uint) + sizeof(ulong) + sizeof(uint) + sizeof(ulong);
    private const int ValueBytes = sizeof(ulong) + sizeof(uint) + 1;
    private const int DefaultAlignment = 32;
    private const int MaxAlignment = 1 << 20;
    private const string AlignmentKey = "general.alignment";

    /// <summary>
    /// Reads from the start of <paramref name="stream"/>. Throws <see cref="ModelFormatException"/> with the byte of the fault.
    /// </summary>
    public static GgufHeader Read(Stream stream, string path)
    {
        GgufCursor cursor = new(stream, path);
        ReadMagic(cursor, path);
        int tensorCount = cursor.ReadCount("tensor count", TensorBytes, MaxTensors);
        int valueCount = cursor.ReadCount("metadata count", ValueBytes, MaxValues);
        GgufMetadata metadata = GgufMetadataReader.Read(cursor, valueCount, path);
        int alignment = ReadAlignment(metadata);
        List<GgufTensor> tensors = ReadTensors(cursor, tensorCount, alignment, path);
        long dataOffset = (cursor.Position + alignment - 1) / alignment * alignment;
        CheckLayout(tensors, dataOffset, stream.Length, path);
        return new GgufHeader(metadata, tensors, dataOffset, alignment);
    }

    private static void ReadMagic(GgufCursor cursor, string path)
    {
        uint magic = cursor.ReadUInt32("magic");
        if (magic != Magic)
        {
            throw new ModelFormatException(path, "magic", 0, "the bytes GGUF", $"0x{magic:x8}");
        }

        uint version = cursor.ReadUInt32("version");
        if (version != Version)
        {
            string hint = version == Version << 24 ? " (a big-endian file)" : "";
            throw new ModelFormatException(path, "version", sizeof(uint), $"{Version}", $"{version}{hint}");
        }
    }

    private static int ReadAlignment(GgufMetadata metadata)
    {
        long alignment = metadata.FindInteger(AlignmentKey, 1, MaxAlignment) ?? DefaultAlignment;
        return long.IsPow2(alignment) ? (int)alignment : throw metadata.Wrong(AlignmentKey, "a power of two", $"{alignment}");
    }

    private static List<GgufTensor> ReadTensors(GgufCursor cursor, int count, int alignment, string path)
    {
        List<GgufTensor> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            long start = cursor.Position;
            string name = cursor.ReadText($"name of tensor {index}", MaxNameBytes);
            if (!names.Add(name))
            {
                throw new ModelFormatException(path, $"name of tensor {index}", start, "a name used once", $"'{name}' again");
            }

            tensors.Add(ReadTensor(cursor, name, alignment, path));
        }

        return tensors;
    }

    private static GgufTensor ReadTensor(GgufCursor cursor, string name, int alignment, string path)
    {
        long start = cursor.Position;
        uint dimensions = cursor.ReadUInt32($"{name}: dimensions");
        if (dimensions is 0 or > MaxDimensions)
        {
            throw new ModelFormatException(path, $"{name}: dimensions", start, $"1..{MaxDimensions}", $"{dimensions}");
        }

        long[] shape = ReadShape(cursor, name, (int)dimensions, path);
        start = cursor.Position;
        uint number = cursor.ReadUInt32($"{name}: type");
        BlockType type = (BlockType)number;
        if (number > int.MaxValue || BlockFormat.Find(type) is not BlockFormat format)
        {
            throw new ModelFormatException(path, $"{name}: type", start, "the number of a stored format", $"{number}");
        }

        if (shape[^1] % format.Elements != 0)
        {
            string expected = $"rows of a multiple of {format.Elements} for {type}";
            throw new ModelFormatException(path, $"{name}: shape", start, expected, $"{shape[^1]}");
        }

        Int128 byteCount = format.Bytes;
        byteCount *= shape[^1] / format.Elements;
        foreach (long dimension in shape.AsSpan(0, shape.Length - 1))
        {
            byteCount *= dimension;
        }

        start = cursor.Position;
        ulong offset = cursor.ReadUInt64($"{name}: offset");
        if (byteCount > cursor.FileBytes || offset > (ulong)cursor.FileBytes)
        {
            string expected = $"data within the file's {cursor.FileBytes} bytes";
            throw new ModelFormatException(path, $"{name}: offset", start, expected, $"{byteCount} bytes at {offset}");
        }

        return (long)offset % alignment == 0
            ? new GgufTensor(name, type, shape, (long)offset, (long)byteCount)
            : throw new ModelFormatException(path, $"{name}: offset", start, $"a multiple of {alignment}", $"{offset}");
    }

    /// <summary>Dimensions outermost first; their product fits 63 bits.</summary>
    private static long[] ReadShape(GgufCursor cursor, string name, int dimensions, string path)
    {
        long[] shape = new long[dimensions];
        Int128 elementCount = 1;
        for (int i = dimensions - 1; i >= 0; i--)
        {
            long start = cursor.Position;
            ulong dimension = cursor.ReadUInt64($"{name}: shape");
            if (dimension == 0 || dimension > long.MaxValue)
            {
                throw new ModelFormatException(path, $"{name}: shape", start, $"1..{long.MaxValue}", $"{dimension}");
            }

            elementCount *= dimension;
            if (elementCount > long.MaxValue)
            {
                throw new ModelFormatException(path, $"{name}: shape", start, "fewer than 2^63 elements", $"a dimension of {dimension}");
            }

            shape[i] = (long)dimension;
        }

        return shape;
    }

    private static void CheckLayout(List<GgufTensor> tensors, long dataOffset, long fileBytes, string path)
    {
        tensors.Sort((left, right) =>
            left.Offset != right.Offset ? left.Offset.CompareTo(right.Offset) : string.CompareOrdinal(left.Name, right.Name));
        long end = 0;
        string before = "the header";
        foreach (GgufTensor tensor in tensors)
        {
            if (tensor.Offset < end)
            {
                string expected = $"a start at or after {end}, where {before} ends";
                throw new ModelFormatException(path, $"{tensor.Name}: data", dataOffset + tensor.Offset, expected, $"{tensor.Offset}");
            }

            end = tensor.Offset + tensor.ByteCount;
            before = tensor.Name;
            if (end > fileBytes - dataOffset)
            {
                throw new ModelFormatException(
                    path,
                    $"{tensor.Name}: data",
                    dataOffset + tensor.Offset,
                    $"{tensor.ByteCount} bytes",
                    $"{Math.Max(0, fileBytes - dataOffset - tensor.Offset)} bytes up to the end of the file");
            }
        }
    }
}
