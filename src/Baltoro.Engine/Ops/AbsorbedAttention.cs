using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Ops;

/// <summary>
/// Attention of one query row in latent space: score[h, s] = scale · q[h] · cached[s] over the whole cached row, value =
/// the latent part of the same row. Source: DeepSeek-V3 multi-head latent attention, absorbed form.
/// </summary>
internal static class AbsorbedAttention
{
    /// <summary>
    /// Shapes: queries[heads, latent rank + rope] (absorbed and rotated), values[heads, latent rank] (written). The row sees
    /// the keys [0, keyCount), in tiles of <see cref="AttentionScratch.TileKeys"/> from 0.
    /// Computes the heads of <paramref name="heads"/>; threads: any, on disjoint heads.
    /// </summary>
    public static void Run(
        KernelTable kernels,
        AttentionScratch scratch,
        LatentPages pages,
        int keyCount,
        float scale,
        RowBlock queries,
        RowBlock values,
        PartRange heads)
    {
        RowBlock query = queries.Slice(heads.Start, heads.Count);
        RowBlock value = values.Slice(heads.Start, heads.Count);
        scratch.Softmax.Begin(heads.Count);
        for (int head = 0; head < heads.Count; head++)
        {
            value.Row(head).Clear();
        }

        for (int tile = 0; tile < keyCount; tile += AttentionScratch.TileKeys)
        {
            int count = Math.Min(AttentionScratch.TileKeys, keyCount - tile);
            RowBlock scores = scratch.Scores.Slice(0, heads.Count).Columns(0, count);
            RunTile(kernels, scratch.Softmax, pages, tile, scale, query, scores, value);
        }

        for (int head = 0; head < heads.Count; head++)
        {
            scratch.Softmax.Finish(head, value.Row(head));
        }
    }

    private static void RunTile(
        KernelTable kernels,
        OnlineSoftmax softmax,
        LatentPages pages,
        int tile,
        float scale,
        RowBlock query,
        RowBlock scores,
        RowBlock value)
    {
        int count = scores.Width;
        for (int done = 0; done < count;)
        {
            RowBlock keys = pages.Rows(tile + done, count - done);
            Linear.Scores(kernels, keys, query, scores.Columns(done, keys.Rows));
            done += keys.Rows;
        }

        for (int head = 0; head < query.Rows; head++)
        {
            softmax.Weigh(head, scores.Row(head), scale);
        }

        for (int done = 0; done < count;)
        {
            RowBlock latents = pages.Rows(tile + done, count - done).Columns(0, value.Width);
            softmax.Accumulate(0, scores.Columns(done, latents.Rows), latents, latents.Rows, grows: false, value);
            done += latents.Rows;
        }
    }
}
