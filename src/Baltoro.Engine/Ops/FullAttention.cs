using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Ops;

/// <summary>
/// Attention of one head in which every row sees every key: patches of one image. A row walks the tiles of
/// <see cref="TileKeys"/> keys from the first to the last, so how rows are cut into blocks does not change it.
/// </summary>
internal static class FullAttention
{
    /// <summary>Keys handled at a time. Part of the result's definition: sums are formed tile by tile.</summary>
    public const int TileKeys = 64;

    /// <summary>Most rows of one call.</summary>
    public const int BlockRows = 64;

    /// <summary>
    /// outputs[r] = Σ_s softmax_s(scale · keys[s] · queries[r]) · values[s]. Shapes: queries, outputs[rows, head], values[keys, head];
    /// keys lie transposed by tiles, tile t in the rows [t · tileStride, t · tileStride + head) of keyTiles[…, TileKeys]. At most
    /// <see cref="BlockRows"/> rows. Threads: any, on disjoint heads or rows.
    /// </summary>
    public static void Run(
        KernelTable kernels,
        FullAttentionScratch scratch,
        float scale,
        RowBlock queries,
        RowBlock keyTiles,
        int tileStride,
        RowBlock values,
        RowBlock outputs)
    {
        scratch.Softmax.Begin(queries.Rows);
        for (int row = 0; row < queries.Rows; row++)
        {
            outputs.Row(row).Clear();
        }

        for (int tile = 0; tile * TileKeys < values.Rows; tile++)
        {
            int count = Math.Min(TileKeys, values.Rows - (tile * TileKeys));
            RowBlock keys = keyTiles.Slice(tile * tileStride, queries.Width).Columns(0, count);
            RowBlock scores = scratch.Scores.Slice(0, queries.Rows).Columns(0, count);
            VisionOps.RowSums(kernels, queries, keys, default, scores);
            for (int row = 0; row < queries.Rows; row++)
            {
                scratch.Softmax.Weigh(row, scores.Row(row), scale);
            }

            scratch.Softmax.Accumulate(0, scores, values.Slice(tile * TileKeys, count), count, grows: false, outputs);
        }

        for (int row = 0; row < queries.Rows; row++)
        {
            scratch.Softmax.Finish(row, outputs.Row(row));
        }
    }
}
