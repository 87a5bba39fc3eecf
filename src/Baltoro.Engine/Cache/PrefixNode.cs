namespace Baltoro.Engine.Cache;

/// <summary>One full page of a prompt in the prefix tree; its place in the tree stands for all tokens before it.</summary>
internal sealed class PrefixNode
{
    /// <summary>A tenant's root, which has no page.</summary>
    public PrefixNode(string tenantId)
    {
        TenantId = tenantId;
        Tokens = [];
        Media = [];
        Page = -1;
    }

    public PrefixNode(PrefixNode parent, int[] tokens, PageMedia[] media, int page)
    {
        TenantId = parent.TenantId;
        Parent = parent;
        Tokens = tokens;
        Media = media;
        Page = page;
    }

    public string TenantId { get; }

    public PrefixNode? Parent { get; }

    /// <summary>The page's tokens, LatentCache.PageTokens of them.</summary>
    public int[] Tokens { get; }

    /// <summary>The images that stand in the page; empty for text.</summary>
    public PageMedia[] Media { get; }

    public int Page { get; }

    /// <summary>Children by hash of their tokens; equal hashes are told apart by comparing tokens.</summary>
    public Dictionary<int, List<PrefixNode>> Children { get; } = [];

    public int ChildCount { get; set; }

    /// <summary>Neighbours in the order of use.</summary>
    public LinkedListNode<PrefixNode>? Place { get; set; }
}
