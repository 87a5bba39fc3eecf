using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// Widens stored blocks to float32. Every format's value is one or two float32 roundings away from its exact definition, in a
/// fixed order, so results do not depend on how a tensor is cut. Layouts: ggml, little-endian. Threads: any.
/// </summary>
internal static class BlockDecoder
{
    /// <summary>The formats that <see cref="Decode"/> reads.</summary>
    public static IReadOnlyList<BlockType> Readable { get; } =
    [
        BlockType.F32, BlockType.F16, BlockType.BF16, BlockType.Q8_0, BlockType.Q4_0, BlockType.Q4_1, BlockType.Q5_0, BlockType.Q5_1,
        BlockType.Q2_K, BlockType.Q3_K, BlockType.Q4_K, BlockType.Q5_K, BlockType.Q6_K, BlockType.IQ4_NL,
    ];

    /// <summary>True when <see cref="Decode"/> reads <paramref name="type"/>.</summary>
    public static bool CanRead(BlockType type) => Readable.Contains(type);

    /// <summary>
    /// Shapes: blocks[n / Elements · Bytes] in <paramref name="type"/>, values[n] float32. Throws
    /// <see cref="ArgumentException"/> unless n is a multiple of the block and both sizes agree.
    /// </summary>
    public static void Decode(BlockType type, ReadOnlySpan<byte> blocks, Span<float> values)
    {
        CheckSizes(type, blocks.Length, values.Length);
        BlockFormat format = BlockFormat.Of(type);
        switch (type)
        {
            case BlockType.F32:
                DecodeF32(blocks, values);
                return;
            case BlockType.F16:
                DecodeF16(blocks, values);
                return;
            case BlockType.BF16:
                DecodeBf16(blocks, values);
                return;
        }

        for (int block = 0; block * format.Elements < values.Length; block++)
        {
            Span<float> target = values.Slice(block * format.Elements, format.Elements);
            DecodeBlock(type, blocks.Slice(block * format.Bytes, format.Bytes), target);
        }
    }

    private static void DecodeBlock(BlockType type, ReadOnlySpan<byte> block, Span<float> values)
    {
        switch (type)
        {
            case BlockType.Q8_0: SmallBlocks.DecodeQ8Scale(block, values); break;
            case BlockType.Q4_0: SmallBlocks.DecodeQ4Scale(block, values); break;
            case BlockType.Q4_1: SmallBlocks.DecodeQ4Minimum(block, values); break;
            case BlockType.Q5_0: SmallBlocks.DecodeQ5Scale(block, values); break;
            case BlockType.Q5_1: SmallBlocks.DecodeQ5Minimum(block, values); break;
            case BlockType.IQ4_NL: SmallBlocks.DecodeCodebook4(block, values); break;
            case BlockType.Q2_K: SuperBlocks.DecodeQ2(block, values); break;
            case BlockType.Q3_K: SuperBlocks.DecodeQ3(block, values); break;
            case BlockType.Q4_K: SuperBlocks.DecodeQ4(block, values); break;
            case BlockType.Q5_K: SuperBlocks.DecodeQ5(block, values); break;
            case BlockType.Q6_K: SuperBlocks.DecodeQ6(block, values); break;
            default: throw new ArgumentException($"{type} cannot be read; readable: {string.Join(", ", Readable)}", nameof(type));
        }
    }

    private static void CheckSizes(BlockType type, int byteCount, int elementCount)
    {
        BlockFormat format = BlockFormat.Of(type);
        if (elementCount % format.Elements != 0 || byteCount != (long)elementCount / format.Elements * format.Bytes)
        {
            throw new ArgumentException($"{elementCount} values of {type} do not take {byteCount} bytes", nameof(byteCount));
        }
    }

    private static void DecodeF32(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(blocks[(4 * i)..]);
        }
    }

    private static void DecodeF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks[(2 * i)..]);
        }
    }

    private static void DecodeBf16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<byte, ushort>(blocks);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.Int32BitsToSingle(bits[i] << 16);
        }
    }
}
