using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;

namespace Baltoro.Engine.Ops;

/// <summary>The cached rows of one sequence in one layer, by position.</summary>
internal readonly unsafe struct LatentPages(LatentCache cache, int layer, ReadOnlyMemory<int> pages)
{
    /// <summary>
    /// Up to <paramref name="count"/> rows from <paramref name="position"/> on, as many as lie in that position's page:
    /// [rows, latent rank + rope].
    /// </summary>
    public RowBlock Rows(int position, int count)
    {
        int page = position / LatentCache.PageTokens;
        int slot = position % LatentCache.PageTokens;
        float* first = cache.Rows(pages.Span[page], layer);
        return new RowBlock(first, LatentCache.PageTokens, cache.RowWidth, cache.RowWidth)
            .Slice(slot, Math.Min(count, LatentCache.PageTokens - slot));
    }

    public static LatentPages Of(RowRun run, LatentCache cache, int layer) => new(cache, layer, run.Slice.Pages);
}
