using System.Buffers.Binary;

namespace Baltoro.Engine.Weights.Blocks;

/// <summary>
/// The formats with one scale per 32 elements. In the packed ones element j (0…15) is the low nibble of byte j and element
/// j + 16 the high nibble. Shapes of every method: one block in, values[32] out.
/// </summary>
internal static class SmallBlocks
{
    /// <summary>Elements of a block.</summary>
    public const int Elements = 32;

    /// <summary>The sixteen values of IQ4_NL, unevenly spaced so that they fit bell-shaped weights.</summary>
    public static ReadOnlySpan<sbyte> Codebook4 => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Q8_0: scale f16, i8[32]; d·q.</summary>
    public static void DecodeQ8Scale(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        for (int i = 0; i < Elements; i++)
        {
            values[i] = scale * (sbyte)block[2 + i];
        }
    }

    /// <summary>Q4_0: scale f16, u8[16]; d·(q − 8).</summary>
    public static void DecodeQ4Scale(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        for (int j = 0; j < Elements / 2; j++)
        {
            byte pair = block[2 + j];
            values[j] = scale * ((pair & 15) - 8);
            values[j + 16] = scale * ((pair >> 4) - 8);
        }
    }

    /// <summary>Q4_1: scale f16, minimum f16, u8[16]; d·q + m.</summary>
    public static void DecodeQ4Minimum(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        float minimum = HalfAt(block, 2);
        for (int j = 0; j < Elements / 2; j++)
        {
            byte pair = block[4 + j];
            values[j] = (scale * (pair & 15)) + minimum;
            values[j + 16] = (scale * (pair >> 4)) + minimum;
        }
    }

    /// <summary>Q5_0: scale f16, fifth bits u32 (bit k for element k), u8[16]; d·(q − 16).</summary>
    public static void DecodeQ5Scale(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        for (int j = 0; j < Elements / 2; j++)
        {
            byte pair = block[6 + j];
            values[j] = scale * (Code5(pair & 15, fifth, j) - 16);
            values[j + 16] = scale * (Code5(pair >> 4, fifth, j + 16) - 16);
        }
    }

    /// <summary>Q5_1: scale f16, minimum f16, fifth bits u32, u8[16]; d·q + m.</summary>
    public static void DecodeQ5Minimum(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        float minimum = HalfAt(block, 2);
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        for (int j = 0; j < Elements / 2; j++)
        {
            byte pair = block[8 + j];
            values[j] = (scale * Code5(pair & 15, fifth, j)) + minimum;
            values[j + 16] = (scale * Code5(pair >> 4, fifth, j + 16)) + minimum;
        }
    }

    /// <summary>IQ4_NL: scale f16, u8[16]; d·<see cref="Codebook4"/>[q].</summary>
    public static void DecodeCodebook4(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = HalfAt(block, 0);
        ReadOnlySpan<sbyte> codebook = Codebook4;
        for (int j = 0; j < Elements / 2; j++)
        {
            byte pair = block[2 + j];
            values[j] = scale * codebook[pair & 15];
            values[j + 16] = scale * codebook[pair >> 4];
        }
    }

    private static int Code5(int nibble, uint fifth, int element) => nibble | ((int)((fifth >> element) & 1) << 4);

    private static float HalfAt(ReadOnlySpan<byte> block, int offset) =>
        (float)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);
}
