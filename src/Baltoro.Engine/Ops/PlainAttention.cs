using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>
/// Attention of many consecutive rows of one sequence in one head, with keys and values decompressed from the cached
/// latents tile by tile: k = [W_UK c ‖ k_pe], v = W_UV c. Source: DeepSeek-V3 multi-head latent attention, plain form.
/// A row walks the tiles of <see cref="AttentionScratch.TileKeys"/> keys from position 0 up to its own, so how a prompt is
/// cut into chunks does not change it.
/// </summary>
internal static class PlainAttention
{
    /// <summary>
    /// Shapes: queries[rows, nope + rope] of the head (rotated), keyUp[nope, latent rank] and valueUp[value, latent rank] of the head,
    /// outputs[rows, value] (written). Row r stands at position startPosition + r. Threads: any, on disjoint heads.
    /// </summary>
    public static void Run(
        KernelTable kernels,
        AttentionScratch scratch,
        LatentPages pages,
        int startPosition,
        float scale,
        WeightMatrix keyUp,
        WeightMatrix valueUp,
        RowBlock queries,
        RowBlock outputs)
    {
        int rows = queries.Rows;
        int keyCount = startPosition + rows;
        scratch.Softmax.Begin(rows);
        for (int row = 0; row < rows; row++)
        {
            outputs.Row(row).Clear();
        }

        for (int tile = 0; tile < keyCount; tile += AttentionScratch.TileKeys)
        {
            int count = Math.Min(AttentionScratch.TileKeys, keyCount - tile);
            Decompress(kernels, scratch, pages, tile, count, keyUp, valueUp);
            RowBlock keys = scratch.Keys.Slice(0, count);
            RowBlock values = scratch.Decompressed.Columns(keyUp.Rows, valueUp.Rows).Slice(0, count);
            for (int row = Math.Max(0, tile - startPosition); row < rows; row += AttentionScratch.BlockRows)
            {
                int blockRows = Math.Min(AttentionScratch.BlockRows, rows - row);
                RowBlock scores = scratch.Scores.Slice(0, blockRows).Columns(0, count);
                Linear.Scores(kernels, keys, queries.Slice(row, blockRows), scores);
                Sum(scratch.Softmax, scale, scores, values, outputs, row, startPosition + row - tile + 1);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            scratch.Softmax.Finish(row, outputs.Row(row));
        }
    }

    /// <summary>
    /// Adds one tile to a block of rows; the block's first row sees <paramref name="visible"/> keys of the tile, each next row
    /// one more.
    /// </summary>
    private static void Sum(
        OnlineSoftmax softmax, float scale, RowBlock scores, RowBlock values, RowBlock outputs, int firstRow, int visible)
    {
        for (int i = 0; i < scores.Rows; i++)
        {
            softmax.Weigh(firstRow + i, scores.Row(i)[..Math.Min(visible + i, values.Rows)], scale);
        }

        int first = Math.Min(visible, values.Rows);
        softmax.Accumulate(firstRow, scores, values, first, grows: first < values.Rows, outputs.Slice(firstRow, scores.Rows));
    }

    /// <summary>Fills the scratch tile with keys and values of the positions [tile, tile + count).</summary>
    private static void Decompress(
        KernelTable kernels,
        AttentionScratch scratch,
        LatentPages pages,
        int tile,
        int count,
        WeightMatrix keyUp,
        WeightMatrix valueUp)
    {
        for (int done = 0; done < count;)
        {
            RowBlock cached = pages.Rows(tile + done, count - done);
            RowBlock latents = cached.Columns(0, keyUp.Columns);
            RowBlock target = scratch.Decompressed.Slice(done, latents.Rows);
            Linear.ApplyAlone(kernels, keyUp, latents, scratch.Latents, target.Columns(0, keyUp.Rows));
            Linear.ApplyAlone(kernels, valueUp, latents, scratch.Latents, target.Columns(keyUp.Rows, valueUp.Rows));
            for (int i = 0; i < cached.Rows; i++)
            {
                Span<float> key = scratch.Keys.Row(done + i);
                target.Row(i)[..keyUp.Rows].CopyTo(key);
                cached.Row(i)[keyUp.Columns..].CopyTo(key[keyUp.Rows..]);
            }

            done += cached.Rows;
        }
    }
}
