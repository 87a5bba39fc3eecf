namespace Baltoro.Engine.Kernels;

/// <summary>The reference twin of the bfloat16 product; sums in double.</summary>
internal static unsafe class ScalarBf16Kernels
{
    /// <inheritdoc cref="Bf16Args"/>
    public static void Product(in Bf16Args args)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            for (int lane = 0; lane < (args.Single ? Bf16Args.PanelLanes : Bf16Args.Lanes); lane++)
            {
                float* c = args.C + (row * args.CStride) + lane;
                ushort* b = args.B + (lane / Bf16Args.PanelLanes * args.PanelStride) + (lane % Bf16Args.PanelLanes * 2);
                double sum = args.Factors == null ? 0 : (double)args.Factors[lane] * *c;
                for (int k = 0; k < args.Depth; k++)
                {
                    sum += (double)Widen(args.A[(row * args.AStride) + k]) * Widen(b[(k / 2 * Bf16Args.Lanes) + (k % 2)]);
                }

                *c = (float)sum;
            }
        }
    }

    /// <inheritdoc cref="LatentPairArgs"/>
    public static void RoundPair(in LatentPairArgs args)
    {
        for (int column = 0; column < args.Rank + args.Rope; column++)
        {
            ushort first = PromptKernels.Round(args.First[column]);
            ushort second = PromptKernels.Round(args.Second[column]);
            args.FirstKey[column] = first;
            args.SecondKey[column] = second;
            if (column < args.Rank)
            {
                ushort* value = args.Values + (column / Bf16Args.PanelLanes * args.PanelBytes / sizeof(ushort)) + (column % Bf16Args.PanelLanes * 2);
                value[0] = first;
                value[1] = second;
            }
        }
    }

    private static float Widen(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);
}
