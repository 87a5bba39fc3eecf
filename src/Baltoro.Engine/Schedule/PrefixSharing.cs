using Baltoro.Engine.Cache;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// Joins sequences and the prefix tree: a starting sequence adopts the pages of a known beginning, a running one publishes
/// the pages of its prompt as they fill. A sequence that holds a tree page also holds all pages before it.
/// </summary>
internal sealed class PrefixSharing(PagePool pool, PrefixTree tree)
{
    private readonly List<PrefixNode> _chain = [];

    /// <summary>
    /// Pages of the tree that <paramref name="sequence"/> could start with. One prompt token is always left to compute,
    /// since its logits are needed. Valid until the next call.
    /// </summary>
    public IReadOnlyList<PrefixNode> Match(Sequence sequence)
    {
        tree.Match(sequence.Request.TenantId, sequence.PromptTokens[..^1], sequence.Media, _chain);
        return _chain;
    }

    /// <summary>Pages of <paramref name="chain"/> that only the tree holds: adopting them uses up cached pages.</summary>
    public int OnlyCached(IReadOnlyList<PrefixNode> chain)
    {
        int count = 0;
        foreach (PrefixNode node in chain)
        {
            count += pool.IsOnlyCached(node.Page) ? 1 : 0;
        }

        return count;
    }

    public void Adopt(Sequence sequence, IReadOnlyList<PrefixNode> chain)
    {
        foreach (PrefixNode node in chain)
        {
            pool.AddReference(node.Page);
            sequence.AddPage(node.Page);
        }

        if (chain.Count > 0)
        {
            sequence.TreeNode = chain[^1];
            sequence.TreePages = chain.Count;
            sequence.AdoptPrefix(chain.Count * LatentCache.PageTokens);
        }
    }

    /// <summary>Publishes the full prompt pages that the last step completed.</summary>
    public void Publish(Sequence sequence)
    {
        int fullPages = Math.Min(sequence.Cached, sequence.PromptLength) / LatentCache.PageTokens;
        while (sequence.TreePages < fullPages)
        {
            int index = sequence.TreePages;
            int page = sequence.Pages[index];
            PrefixNode parent = sequence.TreeNode ?? tree.Root(sequence.Request.TenantId);
            ReadOnlySpan<int> tokens = sequence.PromptTokens.Slice(index * LatentCache.PageTokens, LatentCache.PageTokens);
            PrefixNode node = tree.Insert(parent, tokens, MediaOf(sequence, index), page);
            if (node.Page != page)
            {
                pool.AddReference(node.Page);
                sequence.SwapPage(index, node.Page);
                pool.Release(page);
            }

            sequence.TreeNode = node;
            sequence.TreePages = index + 1;
        }
    }

    /// <summary>Whether a running sequence of the same tenant is reading a longer common beginning just now.</summary>
    public static bool IsBeingRead(Sequence waiting, int matchedPages, List<Sequence> running)
    {
        foreach (Sequence other in running)
        {
            if (other.IsDecoding || other.Request.TenantId != waiting.Request.TenantId)
            {
                continue;
            }

            int tokens = waiting.PromptTokens[..^1].CommonPrefixLength(other.PromptTokens);
            int common = SequenceMedia.CommonPrefix(waiting.Media, other.Media, tokens);
            if (common / LatentCache.PageTokens > matchedPages)
            {
                return true;
            }
        }

        return false;
    }

    public bool TryEvict() => tree.TryEvict();

    private static PageMedia[] MediaOf(Sequence sequence, int page) =>
        sequence.Media?.MediaOf(page * LatentCache.PageTokens, LatentCache.PageTokens) ?? [];
}
