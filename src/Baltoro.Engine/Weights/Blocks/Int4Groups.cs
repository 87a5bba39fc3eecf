using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// The INT4 weights of Kimi K2-Thinking and K2.5: compressed-tensors <c>pack-quantized</c>, symmetric groups of 32 along the
/// input. A matrix [out, in] is stored as int32 words [out, in / 8] (eight codes each, lowest bits first) and bfloat16 scales
/// [out, in / 32]; value = (code − 8) · scale. In the words' little-endian bytes, byte b holds element 2b in its low nibble.
/// </summary>
internal static class Int4Groups
{
    /// <summary>Elements that share a scale.</summary>
    public const int GroupSize = 32;

    private const int GroupBytes = GroupSize / 2;

    /// <summary>
    /// Widens whole groups; exact (4-bit code × 8-bit significand). Shapes: packed[n / 2] bytes, scales[n / 32 · 2] bytes,
    /// values[n] float32.
    /// </summary>
    public static void Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> scales, Span<float> values)
    {
        CheckSizes(packed.Length, scales.Length, values.Length);
        for (int group = 0; group * GroupSize < values.Length; group++)
        {
            float scale = ScaleAt(scales, group);
            for (int b = 0; b < GroupBytes; b++)
            {
                byte pair = packed[(group * GroupBytes) + b];
                values[(group * GroupSize) + (2 * b)] = scale * ((pair & 15) - 8);
                values[(group * GroupSize) + (2 * b) + 1] = scale * ((pair >> 4) - 8);
            }
        }
    }

    /// <summary>
    /// Reorders whole groups into Q4_0 blocks of the same values: same codes, other nibble order, scale as float16. Returns
    /// the index of the first group whose scale float16 cannot hold exactly (blocks from there on are undefined), or −1.
    /// Shapes: packed[n / 2], scales[n / 32 · 2], blocks[n / 32 · 18] bytes.
    /// </summary>
    public static int ToQ4Scale(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> scales, Span<byte> blocks)
    {
        const int BlockBytes = 18;
        int groupCount = blocks.Length / BlockBytes;
        CheckSizes(packed.Length, scales.Length, (long)groupCount * GroupSize);
        for (int group = 0; group < groupCount; group++)
        {
            float scale = ScaleAt(scales, group);
            Half half = (Half)scale;
            if ((float)half != scale || !float.IsFinite(scale))
            {
                return group;
            }

            Span<byte> block = blocks.Slice(group * BlockBytes, BlockBytes);
            BinaryPrimitives.WriteHalfLittleEndian(block, half);
            ReadOnlySpan<byte> source = packed.Slice(group * GroupBytes, GroupBytes);
            for (int j = 0; j < GroupBytes; j++)
            {
                int shift = 4 * (j % 2);
                int low = (source[j / 2] >> shift) & 15;
                int high = (source[(j / 2) + 8] >> shift) & 15;
                block[2 + j] = (byte)(low | (high << 4));
            }
        }

        return -1;
    }

    private static float ScaleAt(ReadOnlySpan<byte> scales, int group) =>
        BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(scales[(2 * group)..]) << 16);

    private static void CheckSizes(int packedBytes, int scaleBytes, long elementCount)
    {
        if (elementCount % GroupSize != 0 || packedBytes != elementCount / 2 || scaleBytes != elementCount / GroupSize * 2)
        {
            throw new ArgumentException(
                $"{elementCount} INT4 values do not take {packedBytes} bytes of codes and {scaleBytes} of scales");
        }
    }
}
