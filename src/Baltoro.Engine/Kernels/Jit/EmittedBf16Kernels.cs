using Iced.Intel;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>Products of bfloat16 matrices by AVX-512 BF16, assembled at first use.</summary>
internal static unsafe class EmittedBf16Kernels
{
    private static readonly Lazy<ExecutableCode> _code = new(Emit);

    /// <inheritdoc cref="Bf16Args"/>
    public static void Product(in Bf16Args args)
    {
        ExecutableCode code = _code.Value;
        Bf16Call call = new()
        {
            AStride = args.AStride * sizeof(ushort),
            B = args.B,
            PanelBytes = args.PanelStride * sizeof(ushort),
            Turns = args.Depth / Bf16Args.DepthGranule,
            CStride = args.CStride * sizeof(float),
            Factors = args.Factors,
        };
        int first = ((args.Single ? 2 : 0) + (args.Factors == null ? 0 : 1)) * Bf16Code.RowCounts.Length;
        int row = 0;
        for (int kernel = 0; kernel < Bf16Code.RowCounts.Length; kernel++)
        {
            int rows = Bf16Code.RowCounts[kernel];
            // Sixteen rows, those of heads, keep the units busy as 8 + 8, not as 12 + 4.
            for (; row + rows <= args.Rows && (rows != 12 || args.Rows - row != 16); row += rows)
            {
                call.A = args.A + (row * args.AStride);
                call.C = args.C + (row * args.CStride);
                ((delegate* unmanaged[SuppressGCTransition]<Bf16Call*, void>)code[first + kernel])(&call);
            }
        }
    }

    /// <inheritdoc cref="LatentPairArgs"/>
    public static void RoundPair(in LatentPairArgs args)
    {
        fixed (LatentPairArgs* pointer = &args)
        {
            ((delegate* unmanaged[SuppressGCTransition]<LatentPairArgs*, void>)_code.Value[4 * Bf16Code.RowCounts.Length])(pointer);
        }
    }

    private static ExecutableCode Emit()
    {
        List<Assembler> functions = [];
        foreach (int panels in new[] { 2, 1 })
        {
            foreach (bool resume in new[] { false, true })
            {
                foreach (int rows in Bf16Code.RowCounts)
                {
                    functions.Add(Bf16Code.Emit(rows, resume, panels));
                }
            }
        }

        functions.Add(LatentPairCode.Emit());
        return ExecutableCode.Build(functions);
    }
}
