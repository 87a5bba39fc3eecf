using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// Rounds float32 values to stored blocks, bit for bit as ggml's reference quantizers do. Values must be finite and a block's
/// factors must fit float16; anything else is refused, never stored as infinity. Threads: any.
/// </summary>
internal static class BlockEncoder
{
    /// <summary>The formats that <see cref="Encode"/> writes.</summary>
    public static IReadOnlyList<BlockType> Writable { get; } =
    [
        BlockType.F32, BlockType.F16, BlockType.BF16, BlockType.Q8_0, BlockType.Q4_0, BlockType.Q4_1, BlockType.Q5_0, BlockType.Q5_1,
    ];

    /// <summary>
    /// Shapes: values[n] float32, blocks[n / Elements · Bytes] in <paramref name="type"/>. Throws <see cref="ArgumentException"/>
    /// for sizes that do not agree and <see cref="NotFiniteNumberException"/> for a value or factor that the format cannot hold.
    /// </summary>
    public static void Encode(BlockType type, ReadOnlySpan<float> values, Span<byte> blocks)
    {
        BlockFormat format = BlockFormat.Of(type);
        if (values.Length % format.Elements != 0 || blocks.Length != (long)values.Length / format.Elements * format.Bytes)
        {
            throw new ArgumentException($"{values.Length} values of {type} do not take {blocks.Length} bytes", nameof(blocks));
        }

        for (int block = 0; block * format.Elements < values.Length; block++)
        {
            ReadOnlySpan<float> source = values.Slice(block * format.Elements, format.Elements);
            EncodeBlock(type, source, blocks.Slice(block * format.Bytes, format.Bytes));
        }
    }

    private static void EncodeBlock(BlockType type, ReadOnlySpan<float> source, Span<byte> block)
    {
        switch (type)
        {
            case BlockType.F32: BinaryPrimitives.WriteSingleLittleEndian(block, Finite(source[0])); break;
            case BlockType.F16: WriteHalf(block, source[0]); break;
            case BlockType.BF16: EncodeBf16(source[0], block); break;
            case BlockType.Q8_0: EncodeQ8Scale(source, block); break;
            case BlockType.Q4_0: EncodeQ4Scale(source, block); break;
            case BlockType.Q4_1: EncodeQ4Minimum(source, block); break;
            case BlockType.Q5_0: EncodeQ5Scale(source, block); break;
            case BlockType.Q5_1: EncodeQ5Minimum(source, block); break;
            default: throw new ArgumentException($"{type} cannot be written; writable: {string.Join(", ", Writable)}", nameof(type));
        }
    }

    /// <summary>bfloat16 bits of <paramref name="value"/>, rounded to nearest even; a NaN stays a (quiet) NaN.</summary>
    public static ushort RoundToBf16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void EncodeBf16(float value, Span<byte> block)
    {
        ushort bits = RoundToBf16(value);
        _ = Finite(BitConverter.Int32BitsToSingle(bits << 16));
        BinaryPrimitives.WriteUInt16LittleEndian(block, bits);
    }

    private static void EncodeQ8Scale(ReadOnlySpan<float> source, Span<byte> block)
    {
        float scale = MathF.Abs(Largest(source)) / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        for (int i = 0; i < source.Length; i++)
        {
            block[2 + i] = (byte)(sbyte)MathF.Round(source[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    private static void EncodeQ4Scale(ReadOnlySpan<float> source, Span<byte> block)
    {
        float scale = Largest(source) / -8;
        double inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        for (int j = 0; j < 16; j++)
        {
            block[2 + j] = (byte)(Code(source[j] * inverse, 8.5, 15) | (Code(source[j + 16] * inverse, 8.5, 15) << 4));
        }
    }

    private static void EncodeQ4Minimum(ReadOnlySpan<float> source, Span<byte> block)
    {
        (float minimum, float scale, float inverse) = Range(source, 15, block);
        for (int j = 0; j < 16; j++)
        {
            int low = CodeAbove(source[j], minimum, inverse, 15);
            int high = CodeAbove(source[j + 16], minimum, inverse, 15);
            block[4 + j] = (byte)(low | (high << 4));
        }
    }

    private static void EncodeQ5Scale(ReadOnlySpan<float> source, Span<byte> block)
    {
        float scale = Largest(source) / -16;
        double inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        uint fifth = 0;
        for (int j = 0; j < 16; j++)
        {
            int low = Code(source[j] * inverse, 16.5, 31);
            int high = Code(source[j + 16] * inverse, 16.5, 31);
            block[6 + j] = (byte)((low & 15) | ((high & 15) << 4));
            fifth |= ((uint)(low >> 4) << j) | ((uint)(high >> 4) << (j + 16));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block[2..], fifth);
    }

    private static void EncodeQ5Minimum(ReadOnlySpan<float> source, Span<byte> block)
    {
        (float minimum, float scale, float inverse) = Range(source, 31, block);
        uint fifth = 0;
        for (int j = 0; j < 16; j++)
        {
            int low = CodeAbove(source[j], minimum, inverse, 31);
            int high = CodeAbove(source[j + 16], minimum, inverse, 31);
            block[8 + j] = (byte)((low & 15) | ((high & 15) << 4));
            fifth |= ((uint)(low >> 4) << j) | ((uint)(high >> 4) << (j + 16));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], fifth);
    }

    /// <summary>Smallest value and step of a block of <paramref name="steps"/> + 1 levels, written as d and m.</summary>
    private static (float Minimum, float Scale, float Inverse) Range(ReadOnlySpan<float> source, int steps, Span<byte> block)
    {
        float minimum = source[0];
        float maximum = source[0];
        foreach (float value in source)
        {
            minimum = MathF.Min(minimum, value);
            maximum = MathF.Max(maximum, value);
        }

        float scale = (maximum - minimum) / steps;
        WriteHalf(block, scale);
        WriteHalf(block[2..], minimum);
        return (minimum, scale, scale == 0 ? 0 : 1 / scale);
    }

    /// <summary>The value of largest magnitude with its sign, the first of equals.</summary>
    private static float Largest(ReadOnlySpan<float> source)
    {
        float largest = 0;
        foreach (float value in source)
        {
            if (MathF.Abs(Finite(value)) > MathF.Abs(largest))
            {
                largest = value;
            }
        }

        return largest;
    }

    private static float Finite(float value) =>
        float.IsFinite(value) ? value : throw new NotFiniteNumberException($"cannot store the value {value}", value);

    private static int Code(double scaled, double offset, int most) => Math.Min((int)(float)Math.Truncate(scaled + offset), most);

    private static int CodeAbove(float value, float minimum, float inverse, int most) =>
        Math.Min((int)(((value - minimum) * inverse) + 0.5f), most);

    private static void WriteHalf(Span<byte> destination, float value)
    {
        Half half = (Half)value;
        if (!Half.IsFinite(half))
        {
            throw new NotFiniteNumberException($"{value} does not fit float16", value);
        }

        BinaryPrimitives.WriteHalfLittleEndian(destination, half);
    }
}
