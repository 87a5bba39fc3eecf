using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// What attention over a prompt in bfloat16 needs between its products, for blocks of 32 query rows that lie side by side in
/// lanes. Every lane is computed alone.
/// </summary>
internal static unsafe class PromptKernels
{
    /// <summary>Keys of one tile.</summary>
    public const int TileKeys = 64;

    private const int Lanes = Bf16Args.Lanes;
    private const int Half = Bf16Args.PanelLanes;

    /// <summary>Rounds to bfloat16, ties to even. Shapes: from, to[count].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(float* from, int count, ushort* to)
    {
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector512.Narrow(Bits(Vector512.Load(from + i)) >>> 16, Bits(Vector512.Load(from + i + Half)) >>> 16).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = Round(from[i]);
        }
    }

    /// <summary>Rounds to bfloat16, ties to even.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>to[column, row] = bfloat16 of from[row, column]. Shapes: from[TileKeys, columns], stride floats between rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundTransposed(float* from, nint stride, int columns, ushort* to)
    {
        for (int column = 0; column < columns; column++, to += TileKeys)
        {
            float* value = from + column;
            for (int row = 0; row < TileKeys; row++, value += stride)
            {
                to[row] = Round(*value);
            }
        }
    }

    /// <summary>Puts one rounded row into lane <paramref name="lane"/> of a block's two panels. Shapes: row[width], panels[2, width / 2, 16, 2].</summary>
    public static void PackLane(ushort* row, int width, int lane, ushort* panels)
    {
        uint* pair = (uint*)row;
        uint* to = (uint*)panels + (lane / Half * (width / 2) * Half) + (lane % Half);
        for (int i = 0; i < width / 2; i++)
        {
            to[i * Half] = pair[i];
        }
    }

    /// <summary>
    /// Online softmax of one tile of keys for 32 query rows at positions firstPosition + lane, which see the keys up to their own.
    /// Shapes: scores[TileKeys, 32] (overwritten), max, sum, factors[32], weights[2, TileKeys / 2, 16, 2] (written, bfloat16; the
    /// sum counts the rounded ones). factors becomes exp(old max − new max).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(
        float* scores, int firstKey, int firstPosition, float scale, float* max, float* sum, float* factors, ushort* weights)
    {
        bool hidesKeys = firstKey + TileKeys - 1 > firstPosition;
        Vector512<float> scales = Vector512.Create(scale);
        for (int half = 0; half < Lanes; half += Half)
        {
            Vector512<int> visible = Vector512<int>.Indices + Vector512.Create(firstPosition + half - firstKey);
            Vector512<float> old = Vector512.Load(max + half);
            Vector512<float> largest = old;
            float* score = scores + half;
            for (int key = 0; key < TileKeys; key++, score += Lanes)
            {
                Vector512<float> value = Vector512.Load(score) * scales;
                if (hidesKeys)
                {
                    Vector512<int> seen = Vector512.GreaterThanOrEqual(visible, Vector512.Create(key));
                    value = Vector512.ConditionalSelect(seen.AsSingle(), value, Vector512.Create(float.NegativeInfinity));
                }

                value.Store(score);
                largest = Vector512.Max(largest, value);
            }

            Vector512<float> factor = Vector512.Exp(old - largest);
            Vector512<float> total = Vector512.Load(sum + half) * factor;
            largest.Store(max + half);
            factor.Store(factors + half);
            total = Weigh(scores + half, largest, total, (uint*)weights + (half / Half * (TileKeys / 2) * Half));
            total.Store(sum + half);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weigh(float* score, Vector512<float> largest, Vector512<float> total, uint* weights)
    {
        Vector512<uint> upper = Vector512.Create(0xFFFF0000u);
        for (int pair = 0; pair < TileKeys / 2; pair++, score += 2 * Lanes, weights += Half)
        {
            Vector512<uint> first = Bits(Vector512.Exp(Vector512.Load(score) - largest)) & upper;
            Vector512<uint> second = Bits(Vector512.Exp(Vector512.Load(score + Lanes) - largest)) & upper;
            total += first.AsSingle();
            total += second.AsSingle();
            ((first >>> 16) | second).Store(weights);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Bits(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        return bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
    }
}
