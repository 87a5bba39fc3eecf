using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Product of tiled weights with int8 rows on the vectors of <typeparamref name="TDot"/>. Per output one float32 chain of
/// sum = fma(dot, weight scale · row scale, sum) over the groups: the same bits as every other variant but the scalar one.
/// </summary>
internal static unsafe class PackedKernel<TDot>
    where TDot : IGroupDot
{
    private const int Lanes = 8;

    /// <inheritdoc cref="PackedArgs"/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product(in PackedArgs args)
    {
        float* scales = stackalloc float[TileFormat.Rows];
        float* sums = stackalloc float[TileFormat.Rows];
        int* dots = stackalloc int[TileFormat.Rows];
        byte* tile = args.Weights;
        for (int column = 0; column < args.OutCount; column += TileFormat.Rows, tile += args.TileBytes)
        {
            int outs = Math.Min(TileFormat.Rows, args.OutCount - column);
            for (int row = 0; row < args.Rows; row++)
            {
                OneTile(in args, tile, args.XRow(row), dots, scales, sums);
                new ReadOnlySpan<float>(sums, outs).CopyTo(new Span<float>(args.Y + (row * args.YStride) + column, outs));
            }
        }
    }

    private static void OneTile(in PackedArgs args, byte* tile, QuantGroup* x, int* dots, float* scales, float* sums)
    {
        Vector256<float> low = Vector256<float>.Zero;
        Vector256<float> high = Vector256<float>.Zero;
        for (int group = 0; group < args.Groups; group++, tile += args.Format.GroupBytes, x++)
        {
            TDot.Dot(args.Format, tile, x, dots);
            ushort* halves = (ushort*)(tile + args.Format.CodeBytes);
            for (int i = 0; i < TileFormat.Rows; i++)
            {
                scales[i] = HalfBits.ToSingle(halves[i]);
            }

            Vector256<float> scale = Vector256.Create(x->Scale);
            low = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Vector256.Load(dots)), Vector256.Load(scales) * scale, low);
            high = Vector256.FusedMultiplyAdd(
                Vector256.ConvertToSingle(Vector256.Load(dots + Lanes)), Vector256.Load(scales + Lanes) * scale, high);
        }

        low.Store(sums);
        high.Store(sums + Lanes);
    }
}
