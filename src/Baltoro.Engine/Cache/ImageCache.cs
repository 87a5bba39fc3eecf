using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Cache;

/// <summary>
/// Encoded images by tenant and content, up to a number of bytes; the least recently used go first. No tenant sees another's
/// (I11). Used by the engine's owner thread only.
/// </summary>
internal sealed class ImageCache(long limitBytes)
{
    private readonly Dictionary<Key, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Bytes of all embeddings kept; never above the limit.</summary>
    public long ByteCount { get; private set; }

    public int Count => _entries.Count;

    /// <summary>The embeddings of an image, or null; marks it as used.</summary>
    public float[]? Find(string tenantId, ContentHash image)
    {
        if (!_entries.TryGetValue(new Key(tenantId, image), out LinkedListNode<Entry>? node))
        {
            return null;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);
        return node.Value.Embeddings;
    }

    /// <summary>Keeps the embeddings of an image that is not there yet; one larger than the limit is not kept.</summary>
    public void Add(string tenantId, ContentHash image, float[] embeddings)
    {
        long bytes = (long)embeddings.Length * sizeof(float);
        Key key = new(tenantId, image);
        if (bytes > limitBytes || _entries.ContainsKey(key))
        {
            return;
        }

        while (ByteCount + bytes > limitBytes && _byUse.First is { } oldest)
        {
            ByteCount -= (long)oldest.Value.Embeddings.Length * sizeof(float);
            _entries.Remove(oldest.Value.Key);
            _byUse.RemoveFirst();
        }

        _entries.Add(key, _byUse.AddLast(new Entry(key, embeddings)));
        ByteCount += bytes;
    }

    private readonly record struct Key(string TenantId, ContentHash Image);

    private readonly record struct Entry(Key Key, float[] Embeddings);
}
