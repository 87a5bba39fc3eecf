using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Cache;

/// <summary>
/// Shares prompt prefixes between requests of one tenant, page by page. Holds pages that were written while reading a
/// prompt only, so that a hit is bit-equal to a cold run (I5); every tenant has a tree of its own (I11); a hit is
/// confirmed by comparing tokens and, of images, the hashes of their content. Least recently used leaves are given up first. Owner thread only.
/// </summary>
internal sealed class PrefixTree(PagePool pool)
{
    private readonly Dictionary<string, PrefixNode> _roots = [];
    private readonly LinkedList<PrefixNode> _byUse = new();

    /// <summary>Pages in the tree, those that sequences hold included.</summary>
    public int NodeCount => _byUse.Count;

    /// <summary>
    /// The longest chain of full pages that <paramref name="tokens"/> with their images begin with; fills <paramref name="chain"/> and marks
    /// its nodes as used. No ownership is taken.
    /// </summary>
    public void Match(string tenantId, ReadOnlySpan<int> tokens, IPageMediaSource? media, List<PrefixNode> chain)
    {
        chain.Clear();
        if (!_roots.TryGetValue(tenantId, out PrefixNode? node))
        {
            return;
        }

        for (int at = 0; at + LatentCache.PageTokens <= tokens.Length; at += LatentCache.PageTokens)
        {
            PageMedia[] images = media?.MediaOf(at, LatentCache.PageTokens) ?? [];
            PrefixNode? child = Find(node, tokens.Slice(at, LatentCache.PageTokens), images);
            if (child is null)
            {
                break;
            }

            chain.Add(child);
            node = child;
        }

        Touch(chain);
    }

    public PrefixNode Root(string tenantId)
    {
        if (!_roots.TryGetValue(tenantId, out PrefixNode? root))
        {
            root = new PrefixNode(tenantId);
            _roots.Add(tenantId, root);
        }

        return root;
    }

    /// <summary>
    /// Puts a page that a sequence holds behind <paramref name="parent"/>. If an equal page is there already, that node is
    /// returned instead; the caller then takes that page and gives up its own.
    /// </summary>
    public PrefixNode Insert(PrefixNode parent, ReadOnlySpan<int> tokens, PageMedia[] media, int page)
    {
        Check.That(tokens.Length == LatentCache.PageTokens, "only full pages enter the prefix tree");
        if (Find(parent, tokens, media) is { } present)
        {
            return present;
        }

        var node = new PrefixNode(parent, tokens.ToArray(), media, page);
        int hash = HashOf(tokens, media);
        if (!parent.Children.TryGetValue(hash, out List<PrefixNode>? bucket))
        {
            bucket = [];
            parent.Children.Add(hash, bucket);
        }

        bucket.Add(node);
        parent.ChildCount++;
        pool.EnterTree(page);
        node.Place = _byUse.AddLast(node);
        if (parent.Place is not null)
        {
            MoveToEnd(parent);
        }

        return node;
    }

    /// <summary>Frees the least recently used page that only the tree holds; false when there is none.</summary>
    public bool TryEvict()
    {
        for (LinkedListNode<PrefixNode>? at = _byUse.First; at is not null; at = at.Next)
        {
            PrefixNode node = at.Value;
            if (node.ChildCount == 0 && pool.IsOnlyCached(node.Page))
            {
                Remove(node);
                return true;
            }
        }

        return false;
    }

    private void Remove(PrefixNode node)
    {
        PrefixNode parent = node.Parent!;
        int hash = HashOf(node.Tokens, node.Media);
        List<PrefixNode> bucket = parent.Children[hash];
        bucket.Remove(node);
        if (bucket.Count == 0)
        {
            parent.Children.Remove(hash);
        }

        parent.ChildCount--;
        if (parent.Parent is null && parent.ChildCount == 0)
        {
            _roots.Remove(parent.TenantId);
        }

        _byUse.Remove(node.Place!);
        pool.LeaveTree(node.Page);
    }

    /// <summary>Leaf first, so that a parent is always younger than its children and leaves come up for eviction first.</summary>
    private void Touch(List<PrefixNode> chain)
    {
        for (int i = chain.Count - 1; i >= 0; i--)
        {
            MoveToEnd(chain[i]);
        }
    }

    private void MoveToEnd(PrefixNode node)
    {
        _byUse.Remove(node.Place!);
        _byUse.AddLast(node.Place!);
    }

    private static PrefixNode? Find(PrefixNode parent, ReadOnlySpan<int> tokens, PageMedia[] media)
    {
        if (parent.Children.TryGetValue(HashOf(tokens, media), out List<PrefixNode>? bucket))
        {
            foreach (PrefixNode node in bucket)
            {
                if (tokens.SequenceEqual(node.Tokens) && media.AsSpan().SequenceEqual(node.Media))
                {
                    return node;
                }
            }
        }

        return null;
    }

    private static int HashOf(ReadOnlySpan<int> tokens, PageMedia[] media)
    {
        HashCode hash = default;
        foreach (int token in tokens)
        {
            hash.Add(token);
        }

        foreach (PageMedia image in media)
        {
            hash.Add(image);
        }

        return hash.ToHashCode();
    }
}
