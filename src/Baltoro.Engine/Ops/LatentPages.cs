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
        return Page(cache, layer, pages.Span[page]).Slice(slot, Math.Min(count, LatentCache.PageTokens - slot));
    }

    /// <summary>All rows of one page: [PageTokens, latent rank + rope].</summary>
    public static RowBlock Page(LatentCache cache, int layer, int page) =>
        new(cache.Rows(page, layer), LatentCache.PageTokens, cache.RowWidth, cache.RowWidth);

    public static LatentPages Of(RowRun run, LatentCache cache, int layer) => new(cache, layer, run.Slice.Pages);
}
