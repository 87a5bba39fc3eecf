using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Reads and checks the header of a safetensors file: u64 little-endian header length, JSON
/// {name: {dtype, shape, data_offsets: [begin, end]}, "__metadata__": {…}}, then the data. A header that passes describes
/// tensors that lie inside the file, do not overlap and have as many bytes as format and shape say.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Largest header accepted, the same bound as the reference implementation's.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int MaxDimensions = 8;

    /// <summary>Returns the tensors in file order and where the data starts. Throws <see cref="ModelFormatException"/>.</summary>
    public static (List<TensorEntry> Tensors, long DataOffset) Read(Stream file, string path)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
        {
            throw new ModelFormatException(path, "header length", "8 bytes", $"{file.Length} bytes in the file");
        }

        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        ulong limit = (ulong)Math.Min(MaxHeaderBytes, file.Length - prefix.Length);
        if (headerBytes < 2 || headerBytes > limit)
        {
            throw new ModelFormatException(path, "header length", $"2..{limit} bytes", $"{headerBytes}");
        }

        byte[] json = new byte[headerBytes];
        file.ReadExactly(json);
        long dataOffset = prefix.Length + (long)headerBytes;
        List<TensorEntry> tensors = Parse(json, path);
        CheckLayout(tensors, file.Length - dataOffset, path);
        return (tensors, dataOffset);
    }

    private static List<TensorEntry> Parse(byte[] json, string path)
    {
        JsonDocumentOptions options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(json);
            using JsonDocument document = JsonDocument.Parse(json, options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(path, "header", "a JSON object", $"{document.RootElement.ValueKind}");
            }

            List<TensorEntry> tensors = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "__metadata__")
                {
                    tensors.Add(ParseEntry(property, path));
                }
            }

            return tensors;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw new ModelFormatException(path, "header", "valid JSON without repeated names", exception.Message, exception);
        }
    }

    private static TensorEntry ParseEntry(JsonProperty property, string path)
    {
        string name = property.Name;
        JsonElement value = property.Value;
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFormatException(path, name, "an object with dtype, shape and data_offsets", $"{value.ValueKind}");
        }

        string dtype = value.TryGetProperty("dtype", out JsonElement d) && d.ValueKind == JsonValueKind.String ? d.GetString() ?? "" : "";
        if (ElementTypes.BytesOf(dtype) is not int elementBytes)
        {
            throw new ModelFormatException(path, $"{name}.dtype", "a safetensors dtype", dtype.Length == 0 ? "none" : $"'{dtype}'");
        }

        long[] shape = ReadIntegers(value, "shape", name, path);
        long[] offsets = ReadIntegers(value, "data_offsets", name, path);
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            string found = $"[{string.Join(", ", offsets)}]";
            throw new ModelFormatException(path, $"{name}.data_offsets", "[begin, end] with begin ≤ end", found);
        }

        if (!TryCountBytes(shape, elementBytes, out long bytes) || bytes != offsets[1] - offsets[0])
        {
            throw new ModelFormatException(
                path,
                $"{name}.data_offsets",
                $"as many bytes as {dtype} [{string.Join(", ", shape)}] takes",
                $"{offsets[1] - offsets[0]} bytes");
        }

        return new TensorEntry(name, dtype, shape, offsets[0], bytes);
    }

    private static long[] ReadIntegers(JsonElement entry, string field, string name, string path)
    {
        if (!entry.TryGetProperty(field, out JsonElement array)
            || array.ValueKind != JsonValueKind.Array
            || array.GetArrayLength() > MaxDimensions)
        {
            throw new ModelFormatException(path, $"{name}.{field}", $"an array of at most {MaxDimensions} integers", entry.ToString());
        }

        long[] values = new long[array.GetArrayLength()];
        for (int i = 0; i < values.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out values[i]) || values[i] < 0)
            {
                throw new ModelFormatException(path, $"{name}.{field}", "integers from 0 on", array[i].ToString());
            }
        }

        return values;
    }

    private static bool TryCountBytes(long[] shape, int elementBytes, out long bytes)
    {
        Int128 product = elementBytes;
        foreach (long dimension in shape)
        {
            product *= dimension;
            if (product > long.MaxValue)
            {
                bytes = 0;
                return false;
            }
        }

        bytes = (long)product;
        return true;
    }

    private static void CheckLayout(List<TensorEntry> tensors, long dataBytes, string path)
    {
        tensors.Sort((left, right) => (left.Offset, left.ByteCount).CompareTo((right.Offset, right.ByteCount)));
        long end = 0;
        string before = "the header";
        foreach (TensorEntry tensor in tensors)
        {
            if (tensor.Offset < end)
            {
                throw new ModelFormatException(
                    path, $"{tensor.Name}.data_offsets", $"a start at or after byte {end}, where {before} ends", $"{tensor.Offset}");
            }

            if (tensor.Offset > dataBytes - tensor.ByteCount)
            {
                throw new ModelFormatException(
                    path,
                    $"{tensor.Name}.data_offsets",
                    $"an end within the {dataBytes} data bytes of the file",
                    $"{tensor.Offset}+{tensor.ByteCount}");
            }

            end = tensor.Offset + tensor.ByteCount;
            before = tensor.Name;
        }
    }
}
