namespace Baltoro.Platform.Receipts;

/// <summary>Newest receipt of one node in one organization: its number and hash.</summary>
public sealed record ChainHead(string NodeId, long Sequence, ReadOnlyMemory<byte> Hash)
{
    /// <summary>A chain without receipts.</summary>
    public static ChainHead Empty(string nodeId) => new(nodeId, 0, new byte[32]);
}
