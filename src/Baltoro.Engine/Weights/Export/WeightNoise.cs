using System.Buffers.Binary;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// Random weights of one tensor, a pure function of seed and tensor number (SplitMix64; integer arithmetic up to the last
/// step, so the same on every machine). Scaled so that activations stay finite through many layers.
/// </summary>
internal sealed class WeightNoise(ulong seed, int tensorIndex)
{
    /// <summary>Standard deviation of a uniform Q4_0 code, and of a uniform Q8_0 code.</summary>
    private const float CodeDeviation4 = 4.61f;
    private const float CodeDeviation8 = 73.9f;

    /// <summary>Standard deviation of the sum of four uniform 16-bit numbers: 65536 · √(4 / 12).</summary>
    private const float SumDeviation = 37837.2f;

    private ulong _state = (seed * 0x9E3779B97F4A7C15UL) ^ ((ulong)tensorIndex << 40);

    /// <summary>
    /// One row of about normal values with the given deviation in <paramref name="type"/>. Shapes: values[columns] is scratch.
    /// </summary>
    public void FillRow(BlockType type, float deviation, Span<float> values, Span<byte> row)
    {
        switch (type)
        {
            case BlockType.Q8_0: FillCodes(deviation / CodeDeviation8, 34, row); break;
            case BlockType.Q4_0: FillCodes(deviation / CodeDeviation4, 18, row); break;
            default:
                foreach (ref float value in values)
                {
                    value = deviation * Bell();
                }

                BlockEncoder.Encode(type, values, row);
                break;
        }
    }

    /// <summary>Blocks of a float16 scale, jittered by a quarter up or down, and random codes.</summary>
    private void FillCodes(float scale, int blockBytes, Span<byte> row)
    {
        for (int start = 0; start < row.Length; start += blockBytes)
        {
            Span<byte> block = row.Slice(start, blockBytes);
            float jitter = 0.75f + ((Next() >> 40) * (0.5f / (1 << 24)));
            BinaryPrimitives.WriteHalfLittleEndian(block, (Half)(scale * jitter));
            for (int i = 2; i < blockBytes; i += sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(block[i..], Next());
            }
        }
    }

    private float Bell()
    {
        ulong bits = Next();
        int sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) / SumDeviation;
    }

    private ulong Next()
    {
        ulong value = _state += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
