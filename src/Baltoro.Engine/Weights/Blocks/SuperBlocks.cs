using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// The K formats: 256 elements that share one or two float16 factors, with small integer scales (and minima) per 16 or 32.
/// Shapes of every method: one block in, values[256] out.
/// </summary>
internal static class SuperBlocks
{
    /// <summary>Elements of a block.</summary>
    public const int Elements = 256;

    /// <summary>Q2_K: per 16 elements a 4-bit scale and a 4-bit minimum; d·scale·code − dmin·minimum.</summary>
    public static void DecodeQ2(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> scales = block[..16];
        ReadOnlySpan<byte> codes = block.Slice(16, 64);
        float factor = HalfAt(block, 80);
        float minimumFactor = HalfAt(block, 82);
        for (int group = 0; group < 16; group++)
        {
            (int half, int shift, int upper) = Place16(group);
            float scale = factor * (scales[group] & 15);
            float minimum = minimumFactor * (scales[group] >> 4);
            for (int l = 0; l < 16; l++)
            {
                int code = (codes[(32 * half) + (16 * upper) + l] >> shift) & 3;
                values[(16 * group) + l] = (scale * code) - minimum;
            }
        }
    }

    /// <summary>Q3_K: a third bit in a mask (set = 0, clear = −4) and signed 6-bit scales per 16; d·(scale − 32)·code.</summary>
    public static void DecodeQ3(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> mask = block[..32];
        ReadOnlySpan<byte> codes = block.Slice(32, 64);
        ReadOnlySpan<byte> scales = block.Slice(96, 12);
        float factor = HalfAt(block, 108);
        for (int group = 0; group < 16; group++)
        {
            (int half, int shift, int upper) = Place16(group);
            int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
            int high = (scales[8 + (group % 4)] >> (2 * (group / 4))) & 3;
            float scale = factor * ((low | (high << 4)) - 32);
            int bit = (4 * half) + (shift / 2);
            for (int l = 0; l < 16; l++)
            {
                int code = (codes[(32 * half) + (16 * upper) + l] >> shift) & 3;
                int third = (mask[(16 * upper) + l] >> bit) & 1;
                values[(16 * group) + l] = scale * (code - (third == 0 ? 4 : 0));
            }
        }
    }

    /// <summary>Q4_K: 6-bit scale and minimum per 32; d·scale·code − dmin·minimum.</summary>
    public static void DecodeQ4(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> codes = block.Slice(16, 128);
        for (int group = 0; group < 8; group++)
        {
            (float scale, float minimum) = ScaleAndMinimum(block, group);
            ReadOnlySpan<byte> source = codes.Slice(32 * (group / 2), 32);
            int shift = 4 * (group % 2);
            for (int l = 0; l < 32; l++)
            {
                values[(32 * group) + l] = (scale * ((source[l] >> shift) & 15)) - minimum;
            }
        }
    }

    /// <summary>Q5_K: Q4_K with a fifth bit of group s in bit s of qh[l].</summary>
    public static void DecodeQ5(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> fifth = block.Slice(16, 32);
        ReadOnlySpan<byte> codes = block.Slice(48, 128);
        for (int group = 0; group < 8; group++)
        {
            (float scale, float minimum) = ScaleAndMinimum(block, group);
            ReadOnlySpan<byte> source = codes.Slice(32 * (group / 2), 32);
            int shift = 4 * (group % 2);
            for (int l = 0; l < 32; l++)
            {
                int code = ((source[l] >> shift) & 15) + (((fifth[l] >> group) & 1) << 4);
                values[(32 * group) + l] = (scale * code) - minimum;
            }
        }
    }

    /// <summary>Q6_K: signed 8-bit scale per 16; d·scale·(code − 32).</summary>
    public static void DecodeQ6(ReadOnlySpan<byte> block, Span<float> values)
    {
        float factor = HalfAt(block, 208);
        ReadOnlySpan<byte> scales = block.Slice(192, 16);
        for (int half = 0; half < 2; half++)
        {
            ReadOnlySpan<byte> low = block.Slice(64 * half, 64);
            ReadOnlySpan<byte> high = block.Slice(128 + (32 * half), 32);
            for (int quarter = 0; quarter < 4; quarter++)
            {
                int lowStart = 32 * (quarter % 2);
                int lowShift = 4 * (quarter / 2);
                for (int l = 0; l < 32; l++)
                {
                    int element = (128 * half) + (32 * quarter) + l;
                    int code = ((low[lowStart + l] >> lowShift) & 15) | (((high[l] >> (2 * quarter)) & 3) << 4);
                    values[element] = factor * (sbyte)scales[element / 16] * (code - 32);
                }
            }
        }
    }

    /// <summary>Where the 16-element group of Q2_K and Q3_K sits: half of the block, bit shift, lower or upper 16 bytes.</summary>
    private static (int Half, int Shift, int Upper) Place16(int group) => (group / 8, group % 8 / 2 * 2, group % 2);

    /// <summary>The factors of one group of Q4_K or Q5_K: six bits each, packed in twelve bytes after d and dmin.</summary>
    private static (float Scale, float Minimum) ScaleAndMinimum(ReadOnlySpan<byte> block, int group)
    {
        ReadOnlySpan<byte> packed = block.Slice(4, 12);
        int scale = group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4);
        int minimum = group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) | (packed[group] >> 6 << 4);
        return (HalfAt(block, 0) * scale, HalfAt(block, 2) * minimum);
    }

    private static float HalfAt(ReadOnlySpan<byte> block, int offset) =>
        (float)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);
}
