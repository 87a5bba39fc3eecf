using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// Brings rows of the block formats that no kernel reads into Q8_0. Q5_0 and IQ4_NL, whose values are a scale times a whole number
/// below 128, keep every value; the others are rounded to a step of a 127th of the largest of 32, finer than their own steps.
/// Threads: any.
/// </summary>
internal static class EightBitRows
{
    private const int GroupSize = 32;

    /// <summary>Whether rows of <paramref name="type"/> are brought into Q8_0 for kernels of bytes.</summary>
    public static bool Takes(BlockType type) => type is BlockType.Q4_1 or BlockType.Q5_0 or BlockType.Q5_1 or BlockType.IQ4_NL
        or BlockType.Q2_K or BlockType.Q3_K or BlockType.Q4_K or BlockType.Q5_K or BlockType.Q6_K;

    /// <summary>
    /// Shapes: row in <paramref name="type"/>, scratch[columns], target[columns / 32 · 34] in Q8_0. Throws
    /// <see cref="NotFiniteNumberException"/> for a value or scale that is not finite.
    /// </summary>
    public static void Encode(BlockType type, ReadOnlySpan<byte> row, Span<float> scratch, Span<byte> target)
    {
        BlockDecoder.Decode(type, row, scratch);
        if (type is not (BlockType.Q5_0 or BlockType.IQ4_NL))
        {
            BlockEncoder.Encode(BlockType.Q8_0, scratch, target);
            return;
        }

        int blockBytes = BlockFormat.Of(type).Bytes;
        int targetBytes = BlockFormat.Of(BlockType.Q8_0).Bytes;
        for (int group = 0; group * GroupSize < scratch.Length; group++)
        {
            ReadOnlySpan<byte> scale = row.Slice(group * blockBytes, sizeof(ushort));
            Keep(scale, scratch.Slice(group * GroupSize, GroupSize), target.Slice(group * targetBytes, targetBytes));
        }
    }

    private static void Keep(ReadOnlySpan<byte> scale, ReadOnlySpan<float> values, Span<byte> target)
    {
        float step = (float)BinaryPrimitives.ReadHalfLittleEndian(scale);
        if (!float.IsFinite(step))
        {
            throw new NotFiniteNumberException($"the scale of a block is {step}", step);
        }

        scale.CopyTo(target);
        for (int i = 0; i < values.Length; i++)
        {
            target[sizeof(ushort) + i] = step == 0 ? (byte)0 : (byte)(sbyte)MathF.Round(values[i] / step);
        }
    }
}
