using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>Quantizes rows with eight lanes at a time; the same codes and scales as the scalar twin, bit for bit.</summary>
internal static unsafe class GroupQuantizer
{
    /// <summary>1.5 · 2^23: adding it rounds a small number to an integer, ties to even, and leaves that in the low bits.</summary>
    private const float Magic = 12582912f;

    /// <inheritdoc cref="ScalarPackedKernels.Quantize"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* x, int groups, QuantGroup* y)
    {
        for (int group = 0; group < groups; group++, x += QuantGroup.Width, y++)
        {
            Vector256<float> v0 = Vector256.Load(x);
            Vector256<float> v1 = Vector256.Load(x + 8);
            Vector256<float> v2 = Vector256.Load(x + 16);
            Vector256<float> v3 = Vector256.Load(x + 24);

            // Magnitudes order like their bits, and NaN and infinity come out on top.
            Vector256<int> bits = Vector256.Max(
                Vector256.Max(Vector256.Abs(v0).AsInt32(), Vector256.Abs(v1).AsInt32()),
                Vector256.Max(Vector256.Abs(v2).AsInt32(), Vector256.Abs(v3).AsInt32()));
            Vector128<int> half = Vector128.Max(bits.GetLower(), bits.GetUpper());
            half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
            half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
            float largest = half.AsSingle().ToScalar();
            float inverse = QuantizedScale.Inverse(largest);
            if (inverse > 0)
            {
                Vector256<float> factor = Vector256.Create(inverse);
                Vector256<int> c0 = Round(v0 * factor);
                Vector256<int> c1 = Round(v1 * factor);
                Vector256<int> c2 = Round(v2 * factor);
                Vector256<int> c3 = Round(v3 * factor);
                Vector256.Narrow(Vector256.Narrow(c0, c1), Vector256.Narrow(c2, c3)).Store(y->Codes);
                QuantizedScale.Finish(y, largest, Vector256.Sum((c0 + c1) + (c2 + c3)));
            }
            else
            {
                Vector256<sbyte>.Zero.Store(y->Codes);
                QuantizedScale.Finish(y, largest, 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> scaled) =>
        (scaled + Vector256.Create(Magic)).AsInt32() - Vector256.Create(0x4B400000);
}
