using System.Runtime.CompilerServices;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Ops;

/// <summary>y = x · Wᵀ, with the shapes checked and the outputs of the caller's part picked.</summary>
internal static unsafe class Linear
{
    /// <summary>Outputs handed to a worker come in blocks of this many: two tiles of weights, one group of a later product.</summary>
    public const int OutGranule = 32;

    /// <summary>Floats of widened weights on the stack at a time, unless one row takes more.</summary>
    private const int TileFloats = 16 * 1024;

    /// <summary>
    /// y[r, o] = Σ_k weight[o, k] · x[r, k] for the outputs <paramref name="outs"/> only. Shapes: x[rows, in], y[rows, out].
    /// Throws <see cref="ArgumentException"/> for shapes that do not fit. Threads: any, on disjoint outputs.
    /// </summary>
    public static void Apply(KernelTable kernels, WeightMatrix weight, RowBlock x, RowBlock y, PartRange outs) =>
        Product(kernels, weight, new ActivationRows(x, null, 0), null, y, outs);

    /// <summary>As above; weights in tiles read the quantized form of x, which must be up to date.</summary>
    public static void Apply(KernelTable kernels, WeightMatrix weight, ActivationRows x, RowBlock y, PartRange outs) =>
        Product(kernels, weight, x, null, y, outs);

    /// <summary>As above with row r of y computed from row xRows[r] of x.</summary>
    public static void Apply(
        KernelTable kernels, WeightMatrix weight, ActivationRows x, ReadOnlySpan<int> xRows, RowBlock y, PartRange outs)
    {
        if (xRows.Length != y.Rows)
        {
            throw new ArgumentException($"{xRows.Length} row numbers for {y.Rows} rows", nameof(xRows));
        }

        foreach (int row in xRows)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)x.Values.Rows);
        }

        fixed (int* rows = xRows)
        {
            Product(kernels, weight, x, rows, y, outs);
        }
    }

    /// <summary>
    /// As above for one worker alone: where the weights are in tiles, it quantizes x into <paramref name="scratch"/> first.
    /// </summary>
    public static void ApplyAlone(KernelTable kernels, WeightMatrix weight, RowBlock x, ActivationBuffer scratch, RowBlock y)
    {
        ActivationRows rows = new(x, null, 0);
        if (weight.Tiles is not null)
        {
            scratch.Reserve(x.Rows);
            ActivationRows space = scratch.Rows(x.Rows);
            rows = new ActivationRows(x, space.Codes, space.CodeStride);
            rows.Quantize(kernels, new PartRange(0, x.Rows));
        }

        Product(kernels, weight, rows, null, y, new PartRange(0, weight.Rows));
    }

    /// <summary>y[r, s] = keys[s] · x[r]: a product with rows of float32 activations in the place of a weight.</summary>
    public static void Scores(KernelTable kernels, RowBlock keys, RowBlock x, RowBlock y)
    {
        if (x.Width != keys.Width || y.Rows != x.Rows || y.Width != keys.Rows)
        {
            throw new ArgumentException($"keys[{keys.Rows}, {keys.Width}] · x[{x.Rows}, {x.Width}] does not give y[{y.Rows}, {y.Width}]");
        }

        MatMulArgs args = Args(keys.Data, keys.Stride, x, null, y, keys.Rows, 0);
        kernels.MatMulF32(in args);
    }

    private static void Product(
        KernelTable kernels, WeightMatrix weight, ActivationRows rows, int* xRows, RowBlock y, PartRange outs)
    {
        RowBlock x = rows.Values;
        bool rowsFit = xRows != null || x.Rows == y.Rows;
        if (x.Width != weight.Columns || y.Width != weight.Rows || !rowsFit || outs.Start < 0 || outs.End > weight.Rows)
        {
            throw new ArgumentException(
                $"weight[{weight.Rows}, {weight.Columns}] · x[{x.Rows}, {x.Width}] does not give y[{y.Rows}, {y.Width}] "
                    + $"at {outs.Start}+{outs.Count}");
        }

        if (outs.Count == 0 || y.Rows == 0)
        {
            return;
        }

        if (weight.Tiles is TileFormat format)
        {
            PackedProduct(kernels, weight, format, rows, xRows, y, outs);
            return;
        }

        switch (weight.Type)
        {
            case BlockType.F32: kernels.MatMulF32(Args(weight, x, xRows, y, outs)); break;
            case BlockType.BF16: kernels.MatMulBf16(Args(weight, x, xRows, y, outs)); break;
            case BlockType.Q8_0: kernels.MatMulQ8(Args(weight, x, xRows, y, outs)); break;
            case BlockType.Q4_0: kernels.MatMulQ4(Args(weight, x, xRows, y, outs)); break;
            default: WidenedProduct(kernels, weight, x, xRows, y, outs); break;
        }
    }

    private static void PackedProduct(
        KernelTable kernels, WeightMatrix weight, TileFormat format, ActivationRows x, int* xRows, RowBlock y, PartRange outs)
    {
        if (kernels.Packed is not PackedKernels packed || x.Codes == null)
        {
            throw new InvalidOperationException($"weights in tiles need int8 kernels and quantized rows; the variant is {kernels.Name}");
        }

        packed.Product(new PackedArgs
        {
            Format = format,
            Weights = (byte*)weight.Slice(outs.Start, outs.Count).Data,
            Groups = weight.Columns / QuantGroup.Width,
            OutCount = outs.Count,
            X = x.Codes,
            XStride = x.CodeStride,
            XRows = xRows,
            Rows = y.Rows,
            Y = y.Data + outs.Start,
            YStride = y.Stride,
        });
    }

    /// <summary>
    /// A product with a format that has no kernel: a few weight rows at a time are widened on the stack and multiplied as
    /// float32, so results equal those of the widened matrix bit for bit.
    /// </summary>
    [SkipLocalsInit]
    private static void WidenedProduct(
        KernelTable kernels, WeightMatrix weight, RowBlock x, int* xRows, RowBlock y, PartRange outs)
    {
        int tileRows = Math.Clamp(TileFloats / weight.Columns, 1, 4);
        float* tile = stackalloc float[tileRows * weight.Columns];
        for (int row = outs.Start; row < outs.End; row += tileRows)
        {
            int count = Math.Min(tileRows, outs.End - row);
            for (int i = 0; i < count; i++)
            {
                weight.CopyRow(row + i, new Span<float>(tile + ((nint)i * weight.Columns), weight.Columns));
            }

            kernels.MatMulF32(Args(tile, weight.Columns, x, xRows, y, count, row));
        }
    }

    private static MatMulArgs Args(WeightMatrix weight, RowBlock x, int* xRows, RowBlock y, PartRange outs) =>
        Args(weight.Slice(outs.Start, outs.Count).Data, weight.Columns, x, xRows, y, outs.Count, outs.Start);

    private static MatMulArgs Args(
        void* weights, nint weightStride, RowBlock x, int* xRows, RowBlock y, int outCount, int firstOut) => new()
        {
            Weights = weights,
            WeightStride = weightStride,
            InWidth = x.Width,
            OutCount = outCount,
            X = x.Data,
            XStride = x.Stride,
            XRows = xRows,
            Rows = y.Rows,
            Y = y.Data + firstOut,
            YStride = y.Stride,
        };
}
