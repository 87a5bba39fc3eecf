using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>Reads the key/value part of a GGUF header.</summary>
internal static class GgufMetadataReader
{
    private const int MaxKeyBytes = 65535;

    public static GgufMetadata Read(GgufCursor cursor, int count, string path)
    {
        Dictionary<string, GgufValue> values = new(StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            long start = cursor.Position;
            string key = cursor.ReadText($"key {index}", MaxKeyBytes);
            if (!values.TryAdd(key, ReadValue(cursor, key, path)))
            {
                throw new ModelFormatException(path, $"key {index}", start, "a key used once", $"'{key}' again");
            }
        }

        return new GgufMetadata(path, values);
    }

    private static GgufValue ReadValue(GgufCursor cursor, string key, string path)
    {
        GgufValueType type = ReadType(cursor, key, path);
        return GgufValue.From(type == GgufValueType.Array ? ReadArray(cursor, key, path) : ReadScalar(cursor, type, key, path));
    }

    private static GgufValueType ReadType(GgufCursor cursor, string key, string path)
    {
        long start = cursor.Position;
        uint number = cursor.ReadUInt32($"{key}: type");
        return number <= (uint)GgufValueType.Float64
            ? (GgufValueType)number
            : throw new ModelFormatException(path, $"{key}: type", start, $"0..{(uint)GgufValueType.Float64}", $"{number}");
    }

    private static object ReadScalar(GgufCursor cursor, GgufValueType type, string key, string path) => type switch
    {
        GgufValueType.UInt8 => cursor.ReadByte(key),
        GgufValueType.Int8 => (sbyte)cursor.ReadByte(key),
        GgufValueType.UInt16 => cursor.ReadUInt16(key),
        GgufValueType.Int16 => (short)cursor.ReadUInt16(key),
        GgufValueType.UInt32 => cursor.ReadUInt32(key),
        GgufValueType.Int32 => (int)cursor.ReadUInt32(key),
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(cursor.ReadUInt32(key)),
        GgufValueType.Boolean => ReadBoolean(cursor, key, path),
        GgufValueType.Text => cursor.ReadText(key),
        GgufValueType.UInt64 => cursor.ReadUInt64(key),
        GgufValueType.Int64 => (long)cursor.ReadUInt64(key),
        _ => BitConverter.UInt64BitsToDouble(cursor.ReadUInt64(key)),
    };

    private static bool ReadBoolean(GgufCursor cursor, string key, string path)
    {
        long start = cursor.Position;
        byte value = cursor.ReadByte(key);
        return value <= 1 ? value == 1 : throw new ModelFormatException(path, key, start, "0 or 1", $"{value}");
    }

    private static object ReadArray(GgufCursor cursor, string key, string path)
    {
        long start = cursor.Position;
        GgufValueType element = ReadType(cursor, key, path);
        if (element == GgufValueType.Array)
        {
            throw new ModelFormatException(path, $"{key}: element type", start, "a plain type", "arrays in an array");
        }

        int elementBytes = BytesOf(element);
        int count = cursor.ReadCount($"{key}: count", elementBytes);
        if (element == GgufValueType.Text)
        {
            string[] texts = new string[count];
            for (int i = 0; i < count; i++)
            {
                texts[i] = cursor.ReadText(key);
            }

            return texts;
        }

        return Convert(element, cursor.ReadBytes(key, (long)count * elementBytes), key, start, path);
    }

    private static object Convert(GgufValueType element, byte[] bytes, string key, long start, string path) => element switch
    {
        GgufValueType.UInt8 => bytes,
        GgufValueType.Int8 => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
        GgufValueType.UInt16 => Numbers(bytes, BinaryPrimitives.ReadUInt16LittleEndian),
        GgufValueType.Int16 => Numbers(bytes, BinaryPrimitives.ReadInt16LittleEndian),
        GgufValueType.UInt32 => Numbers(bytes, BinaryPrimitives.ReadUInt32LittleEndian),
        GgufValueType.Int32 => Numbers(bytes, BinaryPrimitives.ReadInt32LittleEndian),
        GgufValueType.Float32 => Numbers(bytes, BinaryPrimitives.ReadSingleLittleEndian),
        GgufValueType.UInt64 => Numbers(bytes, BinaryPrimitives.ReadUInt64LittleEndian),
        GgufValueType.Int64 => Numbers(bytes, BinaryPrimitives.ReadInt64LittleEndian),
        GgufValueType.Float64 => Numbers(bytes, BinaryPrimitives.ReadDoubleLittleEndian),
        _ when bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1) =>
            throw new ModelFormatException(path, key, start, "elements of 0 or 1", "others"),
        _ => Array.ConvertAll(bytes, b => b == 1),
    };

    private static unsafe T[] Numbers<T>(byte[] bytes, ReadNumber<T> read)
        where T : unmanaged
    {
        T[] numbers = new T[bytes.Length / sizeof(T)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = read(bytes.AsSpan(i * sizeof(T)));
        }

        return numbers;
    }

    /// <summary>Bytes of a value, of a string the bytes of its length.</summary>
    private static int BytesOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        _ => 8,
    };

    private delegate T ReadNumber<out T>(ReadOnlySpan<byte> source);
}
