using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>What attention in latent space with bfloat16 products needs between them, for 16 heads that lie side by side in lanes.</summary>
internal static unsafe class DecodeKernels
{
    private const int Lanes = Bf16Args.PanelLanes;

    /// <summary>
    /// Softmax of one tile alone: max[16] becomes the largest scaled score of every lane, weights[16, stride] exp(scale · score −
    /// max) in bfloat16, sum[16] the sum of the rounded weights. Keys from <paramref name="keys"/> up to <paramref name="depth"/>
    /// (even) get weight 0. Shapes: scores[depth, 16], overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, int keys, int depth, float scale, float* max, float* sum, ushort* weights, int stride)
    {
        Vector512<float> scales = Vector512.Create(scale);
        Vector512<float> largest = Vector512.Create(float.NegativeInfinity);
        for (int key = 0; key < keys; key++)
        {
            Vector512<float> value = Vector512.Load(scores + (key * Lanes)) * scales;
            value.Store(scores + (key * Lanes));
            largest = Vector512.Max(largest, value);
        }

        for (int key = keys; key < depth; key++)
        {
            Vector512.Create(float.NegativeInfinity).Store(scores + (key * Lanes));
        }

        Vector512<float> total = Vector512<float>.Zero;
        Vector512<uint> upper = Vector512.Create(0xFFFF0000u);
        uint* pairs = stackalloc uint[Lanes];
        for (int key = 0; key < depth; key += 2)
        {
            Vector512<uint> first = PromptKernels.Bits(PromptKernels.Exp(Vector512.Load(scores + (key * Lanes)) - largest)) & upper;
            Vector512<uint> second = PromptKernels.Bits(PromptKernels.Exp(Vector512.Load(scores + ((key + 1) * Lanes)) - largest)) & upper;
            total += first.AsSingle();
            total += second.AsSingle();
            ((first >>> 16) | second).Store(pairs);
            uint* to = (uint*)(weights + key);
            for (int lane = 0; lane < Lanes; lane++, to += stride / 2)
            {
                *to = pairs[lane];
            }
        }

        largest.Store(max);
        total.Store(sum);
    }

    /// <summary>
    /// Joins a further tile to what earlier ones gave: both maxima and sums [16], and values[16, width] where lane h of the tile
    /// is row h. Everything is relative to the larger maximum afterwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Join(float* max, float* sum, float* values, float* tileMax, float* tileSum, float* tileValues, int rows, int width)
    {
        Vector512<float> before = Vector512.Load(max);
        Vector512<float> tile = Vector512.Load(tileMax);
        Vector512<float> largest = Vector512.Max(before, tile);
        float* factors = stackalloc float[2 * Lanes];
        Vector512<float> keep = PromptKernels.Exp(before - largest);
        Vector512<float> take = PromptKernels.Exp(tile - largest);
        keep.Store(factors);
        take.Store(factors + Lanes);
        ((Vector512.Load(sum) * keep) + (Vector512.Load(tileSum) * take)).Store(sum);
        largest.Store(max);
        for (int row = 0; row < rows; row++, values += width, tileValues += width)
        {
            Vector512<float> kept = Vector512.Create(factors[row]);
            Vector512<float> taken = Vector512.Create(factors[Lanes + row]);
            for (int column = 0; column < width; column += Lanes)
            {
                Vector512<float> value = Vector512.Load(values + column) * kept;
                Vector512.FusedMultiplyAdd(Vector512.Load(tileValues + column), taken, value).Store(values + column);
            }
        }
    }
}
