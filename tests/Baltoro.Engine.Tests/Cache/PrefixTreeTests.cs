using Baltoro.Engine.Cache;
using CsCheck;

namespace Baltoro.Engine.Tests.Cache;

/// <summary>The tree against a naive map from whole prefixes to pages.</summary>
public class PrefixTreeTests
{
    [Fact]
    public void RandomInsertMatchEvict_AgreesWithANaiveMap() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[4, 30]).Sample((seed, pages) => Run(new Random(seed), pages), iter: 300);

    private static bool Run(Random random, int pages)
    {
        var pool = new PagePool(pages);
        var tree = new PrefixTree(pool);
        Dictionary<string, int> naive = [];
        List<PrefixNode> chain = [];
        for (int step = 0; step < 60; step++)
        {
            int[] prompt = RandomPrompt(random);
            string tenant = $"t{random.Next(2)}";
            tree.Match(tenant, prompt, null, chain);
            Assert.Equal(NaiveMatch(naive, tenant, prompt), chain.Select(node => node.Page));
            InsertNext(pool, tree, naive, tenant, prompt, chain);
            if (random.Next(3) == 0 && pool.CachedPages > 0)
            {
                EvictOne(pool, tree, naive);
            }

            pool.Audit();
            Assert.Equal(naive.Count, tree.NodeCount);
        }

        return true;
    }

    /// <summary>Prompts over an alphabet of two pages' worth of patterns, so that beginnings coincide often.</summary>
    private static int[] RandomPrompt(Random random) =>
        [.. Enumerable.Range(0, random.Next(0, 5)).SelectMany(_ => Enumerable.Repeat(random.Next(2), LatentCache.PageTokens)), .. new int[random.Next(3)]];

    private static string Key(string tenant, ReadOnlySpan<int> tokens) => $"{tenant}:{string.Join(',', tokens.ToArray())}";

    private static IEnumerable<int> NaiveMatch(Dictionary<string, int> naive, string tenant, int[] prompt)
    {
        List<int> found = [];
        for (int end = LatentCache.PageTokens; end <= prompt.Length && naive.TryGetValue(Key(tenant, prompt.AsSpan(0, end)), out int page); end += LatentCache.PageTokens)
        {
            found.Add(page);
        }

        return found;
    }

    private static void InsertNext(PagePool pool, PrefixTree tree, Dictionary<string, int> naive, string tenant, int[] prompt, List<PrefixNode> chain)
    {
        int start = chain.Count * LatentCache.PageTokens;
        if (start + LatentCache.PageTokens > prompt.Length || !pool.TryAllocate(out int page))
        {
            return;
        }

        PrefixNode parent = chain.Count > 0 ? chain[^1] : tree.Root(tenant);
        PrefixNode node = tree.Insert(parent, prompt.AsSpan(start, LatentCache.PageTokens), [], page);
        Assert.Equal(page, node.Page);
        Assert.Same(node, tree.Insert(parent, prompt.AsSpan(start, LatentCache.PageTokens), [], -1));
        naive.Add(Key(tenant, prompt.AsSpan(0, start + LatentCache.PageTokens)), page);
        pool.Release(page);
    }

    private static void EvictOne(PagePool pool, PrefixTree tree, Dictionary<string, int> naive)
    {
        int before = pool.FreePages;
        Assert.True(tree.TryEvict());
        Assert.Equal(before + 1, pool.FreePages);
        Assert.True(pool.TryAllocate(out int page));
        pool.Release(page);
        string gone = naive.Single(entry => entry.Value == page).Key;
        Assert.DoesNotContain(naive.Keys, key => key != gone && key.StartsWith(gone, StringComparison.Ordinal));
        naive.Remove(gone);
    }
}
