using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Products of tiled weights with int8 rows by AVX-512 VNNI, assembled at first use. Few rows read the tiles as stored; many
/// rows are multiplied in blocks of two tiles × up to six rows, cut along the columns into pieces whose weights stay in the
/// innermost cache. Sums are exact integers per group and one float32 chain over the groups, whatever the blocks (I4, I6).
/// </summary>
internal static unsafe class VnniKernels
{
    /// <summary>Most groups of a piece: 1,024 columns, two tiles of which take 34 KiB in 8-bit form.</summary>
    private const int PieceGroups = 32;

    /// <summary>Activations kept near the core while all weights pass.</summary>
    private const int RowBlockBytes = 448 * 1024;

    private const int RowKernels = VnniCall.MaxRows;

    private static readonly Lazy<ExecutableCode> _code = new(Emit);

    /// <inheritdoc cref="PackedArgs"/>
    [SkipLocalsInit]
    public static void Product(in PackedArgs args)
    {
        if (args.Groups == 0)
        {
            Clear(in args);
            return;
        }

        if (args.Rows <= VnniCall.MaxRows)
        {
            FewRows(in args, 0, args.Rows, 0);
            return;
        }

        byte* piece = stackalloc byte[(2 * PieceGroups * TileFormat.Eight.GroupBytes) + 64];
        piece = (byte*)(((nint)piece + 63) & ~63);
        int rowBytes = args.Groups * QuantGroup.ByteCount;
        int blockRows = Math.Max(RowBlockBytes / rowBytes / VnniTilesCode.MaxRows, 2) * VnniTilesCode.MaxRows;
        int blocks = (args.Rows + blockRows - 1) / blockRows;
        for (int block = 0; block < blocks; block++)
        {
            int first = (int)((long)args.Rows * block / blocks);
            ManyRows(in args, first, (int)((long)args.Rows * (block + 1) / blocks), piece);
        }
    }

    /// <summary>Rows [first, end), at most eight, with the tiles from <paramref name="tile"/> on.</summary>
    private static void FewRows(in PackedArgs args, int first, int end, int tile)
    {
        int rows = end - first;
        VnniCall call = default;
        call.GroupBytes = (long)args.Groups * QuantGroup.ByteCount;
        var kernel = (delegate* unmanaged[SuppressGCTransition]<VnniCall*, void>)_code.Value[
            ((args.Format.Bits == 4 ? 0 : 1) * RowKernels) + rows - 1];
        for (int row = 0; row < rows; row++)
        {
            call.Rows[row] = (long)args.XRow(first + row);
            call.Outputs[row] = (long)(args.Y + ((first + row) * args.YStride) + (tile * TileFormat.Rows));
        }

        call.Weights = args.Weights + (tile * args.TileBytes);
        for (int left = args.OutCount - (tile * TileFormat.Rows); left > 0; left -= TileFormat.Rows)
        {
            call.Mask = MaskOf(left);
            kernel(&call);
            call.Weights += args.TileBytes;
            for (int row = 0; row < rows; row++)
            {
                call.Outputs[row] += TileFormat.Rows * sizeof(float);
            }
        }
    }

    private static void ManyRows(in PackedArgs args, int first, int end, byte* piece)
    {
        int tiles = (args.OutCount + TileFormat.Rows - 1) / TileFormat.Rows;
        VnniCall call = default;
        int tile = 0;
        for (; tile + 2 <= tiles; tile += 2)
        {
            int left = args.OutCount - (tile * TileFormat.Rows);
            call.Mask = MaskOf(left);
            call.SecondMask = MaskOf(left - TileFormat.Rows);
            byte* weights = args.Weights + (tile * args.TileBytes);
            int pieces = (args.Groups + PieceGroups - 1) / PieceGroups;
            for (int index = 0; index < pieces; index++)
            {
                int group = (int)((long)args.Groups * index / pieces);
                int groups = (int)((long)args.Groups * (index + 1) / pieces) - group;
                byte* start = weights + ((nint)group * args.Format.GroupBytes);
                if (args.Format.Bits == 4)
                {
                    Widen(start, groups, piece);
                    Widen(start + args.TileBytes, groups, piece + (groups * TileFormat.Eight.GroupBytes));
                }

                call.Weights = args.Format.Bits == 4 ? piece : start;
                call.TileBytes = args.Format.Bits == 4 ? groups * TileFormat.Eight.GroupBytes : args.TileBytes;
                call.GroupBytes = groups * QuantGroup.ByteCount;
                call.Accumulate = group;
                Piece(in args, ref call, first, end, group, tile);
            }
        }

        if (tile < tiles)
        {
            for (int row = first; row < end; row += VnniCall.MaxRows)
            {
                FewRows(in args, row, Math.Min(end, row + VnniCall.MaxRows), tile);
            }
        }
    }

    /// <summary>All rows of the block against one piece of two tiles, in nearly equal shares of at most six.</summary>
    private static void Piece(in PackedArgs args, ref VnniCall call, int first, int end, int group, int tile)
    {
        ExecutableCode code = _code.Value;
        int kernels = (2 * RowKernels) + ((args.Format.Bits == 4 ? 0 : 1) * VnniTilesCode.MaxRows);
        int shares = (end - first + VnniTilesCode.MaxRows - 1) / VnniTilesCode.MaxRows;
        fixed (VnniCall* pointer = &call)
        {
            for (int share = 0; share < shares; share++)
            {
                int from = first + (int)((long)(end - first) * share / shares);
                int rows = first + (int)((long)(end - first) * (share + 1) / shares) - from;
                for (int row = 0; row < rows; row++)
                {
                    pointer->Rows[row] = (long)(args.XRow(from + row) + group);
                    pointer->Outputs[row] = (long)(args.Y + ((from + row) * args.YStride) + (tile * TileFormat.Rows));
                }

                ((delegate* unmanaged[SuppressGCTransition]<VnniCall*, void>)code[kernels + rows - 1])(pointer);
            }
        }
    }

    /// <summary>A 4-bit piece of one tile as 8-bit codes (code + 8) with the same scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* from, int groups, byte* to)
    {
        Vector512<byte> low = Vector512.Create((byte)15);
        for (int group = 0; group < groups; group++)
        {
            for (int i = 0; i < TileFormat.Four.CodeBytes; i += 64)
            {
                Vector512<byte> codes = Vector512.Load(from + i);
                (codes & low).Store(to + i);
                ((codes.AsUInt16() >>> 4).AsByte() & low).Store(to + TileFormat.Four.CodeBytes + i);
            }

            Vector256.Load(from + TileFormat.Four.CodeBytes).Store(to + TileFormat.Eight.CodeBytes);
            from += TileFormat.Four.GroupBytes;
            to += TileFormat.Eight.GroupBytes;
        }
    }

    private static ulong MaskOf(int outputs) => outputs >= TileFormat.Rows ? 0xFFFFUL : (1UL << Math.Max(outputs, 0)) - 1;

    private static void Clear(in PackedArgs args)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            new Span<float>(args.Y + (row * args.YStride), args.OutCount).Clear();
        }
    }

    private static ExecutableCode Emit()
    {
        List<Assembler> functions = [];
        foreach (TileFormat format in new[] { TileFormat.Four, TileFormat.Eight })
        {
            functions.AddRange(Enumerable.Range(1, RowKernels).Select(rows => VnniRowsCode.Emit(format, rows)));
        }

        foreach (int offsetBits in new[] { 4, 8 })
        {
            functions.AddRange(Enumerable.Range(1, VnniTilesCode.MaxRows).Select(rows => VnniTilesCode.Emit(offsetBits, rows)));
        }

        return ExecutableCode.Build(functions);
    }
}
