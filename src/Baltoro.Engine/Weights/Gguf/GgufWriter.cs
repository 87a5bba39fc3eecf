using System.Text;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Writes GGUF version 3 files that other engines load too. Data is streamed, so memory is that of one tensor's writer.
/// The file appears under its name only when it is complete.
/// </summary>
internal static class GgufWriter
{
    private const int Alignment = 32;

    /// <summary>
    /// Writes <paramref name="path"/>, replacing a file of that name. Throws what the plans' writers throw, leaving no file.
    /// </summary>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<GgufTensorPlan> tensors)
    {
        string unfinished = path + ".partial";
        try
        {
            using (FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
            {
                Write(stream, metadata, tensors);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Writes the file to <paramref name="output"/>, which must be at position 0.</summary>
    public static void Write(Stream output, IReadOnlyList<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<GgufTensorPlan> tensors)
    {
        using BinaryWriter writer = new(output, Encoding.UTF8, leaveOpen: true);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach ((string key, GgufValue value) in metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }

        long offset = 0;
        foreach (GgufTensorPlan tensor in tensors)
        {
            WriteTensorEntry(writer, tensor, offset);
            offset += RoundUp(tensor.ByteCount);
        }

        writer.Flush();
        Pad(output);
        foreach (GgufTensorPlan tensor in tensors)
        {
            long start = output.Position;
            tensor.Write(output);
            if (output.Position - start != tensor.ByteCount)
            {
                throw new InvalidOperationException($"{tensor.Name}: {output.Position - start} bytes written of {tensor.ByteCount}");
            }

            Pad(output);
        }
    }

    private static void WriteTensorEntry(BinaryWriter writer, GgufTensorPlan tensor, long offset)
    {
        WriteText(writer, tensor.Name);
        writer.Write((uint)tensor.Shape.Length);
        foreach (long dimension in tensor.Shape.Reverse())
        {
            writer.Write((ulong)dimension);
        }

        writer.Write((uint)tensor.Type);
        writer.Write((ulong)offset);
    }

    private static void WriteValue(BinaryWriter writer, GgufValue value)
    {
        writer.Write((uint)value.Type);
        if (value.Value is not Array array)
        {
            WriteScalar(writer, value.Value);
            return;
        }

        writer.Write((uint)value.ElementType!.Value); // every array has one
        writer.Write((ulong)array.Length);
        foreach (object element in array)
        {
            WriteScalar(writer, element);
        }
    }

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: WriteText(writer, v); break;
            default: throw new ArgumentException($"metadata cannot hold a {value.GetType()}", nameof(value));
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void Pad(Stream output)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[Alignment];
        output.Write(zeros[..(int)(RoundUp(output.Position) - output.Position)]);
    }

    private static long RoundUp(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
