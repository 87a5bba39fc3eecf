using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// The FP8 weights of Kimi K2-Instruct: E4M3 (1 sign, 4 exponent bits of bias 7, 3 fraction bits, no infinities, 0x7F and
/// 0xFF are NaN) with one float32 factor per 128 × 128 block, stored as <c>weight_scale_inv</c>[⌈out/128⌉, ⌈in/128⌉]. Despite
/// that name the factor multiplies. Blocks at the edges are partial.
/// </summary>
internal static class Fp8Blocks
{
    /// <summary>Rows and columns of a full block.</summary>
    public const int BlockSize = 128;

    private static readonly float[] Values = BuildValues();

    /// <summary>The value of one E4M3 code.</summary>
    public static float ValueOf(byte code) => Values[code];

    /// <summary>
    /// Widens row <paramref name="row"/>; one float32 rounding per value. Shapes: codes[columns], the row's bytes;
    /// factors[⌈out/128⌉ · ⌈columns/128⌉ · 4], the whole scale tensor as little-endian float32; values[columns].
    /// </summary>
    public static void DecodeRow(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> factors, long row, Span<float> values)
    {
        if (codes.Length != values.Length)
        {
            throw new ArgumentException($"{codes.Length} codes for {values.Length} values", nameof(codes));
        }

        int blocksPerRow = BlockCount(codes.Length);
        int first = checked((int)(row / BlockSize * blocksPerRow));
        for (int block = 0; block < blocksPerRow; block++)
        {
            float factor = BinaryPrimitives.ReadSingleLittleEndian(factors[(4 * (first + block))..]);
            int end = Math.Min(codes.Length, (block + 1) * BlockSize);
            for (int i = block * BlockSize; i < end; i++)
            {
                values[i] = Values[codes[i]] * factor;
            }
        }
    }

    /// <summary>Blocks that cover <paramref name="length"/> rows or columns.</summary>
    public static int BlockCount(long length) => checked((int)((length + BlockSize - 1) / BlockSize));

    private static float[] BuildValues()
    {
        float[] values = new float[256];
        for (int code = 0; code < values.Length; code++)
        {
            int exponent = (code >> 3) & 15;
            int fraction = code & 7;
            float magnitude = exponent == 0
                ? MathF.ScaleB(fraction, -9)
                : MathF.ScaleB(8 + fraction, exponent - 10);
            magnitude = (code & 0x7F) == 0x7F ? float.NaN : magnitude;
            values[code] = code < 128 ? magnitude : -magnitude;
        }

        return values;
    }
}
