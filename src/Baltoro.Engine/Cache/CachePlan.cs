namespace Baltoro.Engine.Cache;

/// <summary>How many KV pages an engine gets.</summary>
internal static class CachePlan
{
    /// <summary>Windows of one sequence that the default cache holds at the most.</summary>
    private const int DefaultWindows = 16;

    /// <summary>
    /// Pages for <paramref name="requestedBytes"/>; 0 means a quarter of the memory available to the process, at most
    /// <see cref="DefaultWindows"/> whole windows. At least two pages.
    /// </summary>
    public static int PageCount(long requestedBytes, int maxPositions, int layerCount, int rowWidth)
    {
        long pageBytes = LatentCache.PageBytes(layerCount, rowWidth);
        long windowPages = ((long)maxPositions + LatentCache.PageTokens - 1) / LatentCache.PageTokens;
        long pages = requestedBytes > 0
            ? requestedBytes / pageBytes
            : Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / pageBytes, windowPages * DefaultWindows);
        return (int)Math.Clamp(pages, 2, int.MaxValue / LatentCache.PageTokens);
    }
}
