using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Key and value rows of kv_b_proj of one head in bfloat16, ready for a product with cached latents: panels of 16 rows
/// b[rank / 2, 16, 2], first the keys' (nope), then the values'; padded to two panels.
/// </summary>
internal sealed unsafe class LatentPanels
{
    private LatentPanels(ushort* data, int rank, int keyRows, int valueRows)
    {
        Data = data;
        Rank = rank;
        KeyRows = keyRows;
        ValueRows = valueRows;
    }

    public ushort* Data { get; }

    public int Rank { get; }

    public int KeyRows { get; }

    public int ValueRows { get; }

    /// <summary>Columns of the product, whole pairs of panels.</summary>
    public int Lanes => LanesOf(KeyRows + ValueRows);

    /// <summary>Elements of one panel.</summary>
    public nint PanelStride => (nint)Rank * Bf16Args.PanelLanes;

    /// <summary>Whether panels of these shapes can be multiplied: whole turns of the kernels in both directions.</summary>
    public static bool CanHold(int rank, int queryWidth) =>
        rank % Bf16Args.DepthGranule == 0 && queryWidth % Bf16Args.DepthGranule == 0;

    /// <summary>Panels that lie in <paramref name="matrix"/>, as <see cref="Fill"/> wrote them.</summary>
    public static LatentPanels In(WeightMatrix matrix, int keyRows, int valueRows) => new((ushort*)matrix.Data, matrix.Columns, keyRows, valueRows);

    /// <summary>Panels of both matrices, [keyRows, rank] and [valueRows, rank], in the arena's memory.</summary>
    public static LatentPanels Build(WeightMatrix keys, WeightMatrix values, NativeArena arena)
    {
        int lanes = LanesOf(keys.Rows + values.Rows);
        WeightMatrix target = new(BlockType.BF16, lanes, keys.Columns, arena.Allocate((long)lanes * keys.Columns * sizeof(ushort)));
        Fill(target, keys, values);
        return In(target, keys.Rows, values.Rows);
    }

    /// <summary>
    /// Rounds both matrices, [keyRows, rank] and [valueRows, rank], to bfloat16. Shapes: target[<see cref="LanesOf"/>(keyRows + valueRows), rank],
    /// bfloat16, whose elements are the panels'.
    /// </summary>
    public static void Fill(WeightMatrix target, WeightMatrix keys, WeightMatrix values)
    {
        int rank = keys.Columns;
        ushort* data = (ushort*)target.Data;
        new Span<ushort>(data, checked(target.Rows * target.Columns)).Clear();
        float[] row = new float[rank];
        for (int lane = 0; lane < keys.Rows + values.Rows; lane++)
        {
            (lane < keys.Rows ? keys : values).CopyRow(lane < keys.Rows ? lane : lane - keys.Rows, row);
            ushort* panel = data + (lane / Bf16Args.PanelLanes * (nint)rank * Bf16Args.PanelLanes) + (lane % Bf16Args.PanelLanes * 2);
            for (int k = 0; k < rank; k++)
            {
                panel[(k / 2 * Bf16Args.Lanes) + (k % 2)] = BlockEncoder.RoundToBf16(row[k]);
            }
        }
    }

    /// <summary>Columns of a product with panels of this many rows.</summary>
    public static int LanesOf(int rows) => (rows + Bf16Args.Lanes - 1) / Bf16Args.Lanes * Bf16Args.Lanes;
}
