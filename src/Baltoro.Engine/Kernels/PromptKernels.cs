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
    public const int TileKeys = 128;

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
    /// Shapes: scores[keys, 32] (overwritten), max, sum, factors[32], weights[2, TileKeys / 2, 16, 2] (the first keys of it written,
    /// bfloat16; the sum counts the rounded ones); <paramref name="keys"/> is even. factors becomes exp(old max − new max).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(
        float* scores, int keys, int firstKey, int firstPosition, float scale, float* max, float* sum, float* factors, ushort* weights)
    {
        bool hidesKeys = firstKey + keys - 1 > firstPosition;
        Vector512<float> scales = Vector512.Create(scale);
        for (int half = 0; half < Lanes; half += Half)
        {
            Vector512<int> visible = Vector512<int>.Indices + Vector512.Create(firstPosition + half - firstKey);
            Vector512<float> old = Vector512.Load(max + half);
            Vector512<float> largest = old;
            float* score = scores + half;
            for (int key = 0; key < keys; key++, score += Lanes)
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

            Vector512<float> factor = Exp(old - largest);
            Vector512<float> total = Vector512.Load(sum + half) * factor;
            largest.Store(max + half);
            factor.Store(factors + half);
            total = Weigh(scores + half, keys, largest, total, (uint*)weights + (half / Half * (TileKeys / 2) * Half));
            total.Store(sum + half);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weigh(float* score, int keys, Vector512<float> largest, Vector512<float> total, uint* weights)
    {
        Vector512<uint> upper = Vector512.Create(0xFFFF0000u);
        for (int pair = 0; pair < keys / 2; pair++, score += 2 * Lanes, weights += Half)
        {
            Vector512<uint> first = Bits(Exp(Vector512.Load(score) - largest)) & upper;
            Vector512<uint> second = Bits(Exp(Vector512.Load(score + Lanes) - largest)) & upper;
            total += first.AsSingle();
            total += second.AsSingle();
            ((first >>> 16) | second).Store(weights);
        }

        return total;
    }

    /// <summary>
    /// e^x for x ≤ 0, within 2^-22 relative; 0 below −87. x = n · ln 2 + r, |r| ≤ ½ ln 2, and the Taylor polynomial of degree 6
    /// in r (its rest is below 2^-22.9); 2^n goes into the exponent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> magic = Vector512.Create(12582912f);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.44269504f), magic);
        Vector512<float> n = shifted - magic;
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693145752f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-1.42860677e-6f), r);
        Vector512<float> p = Vector512.Create(1f / 720);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        Vector512<float> result = (p.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87f)), Vector512<float>.Zero, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Bits(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        return bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
    }
}
