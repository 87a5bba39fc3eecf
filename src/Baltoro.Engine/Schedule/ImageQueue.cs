using Baltoro.Engine.Cache;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// Encodes the images of waiting sequences, one slice between two steps. The scheduler asks <see cref="IsReady"/> before it starts a
/// sequence, in its own fair order; the first that is not ready is served next, all its images in a row. Sequences that are ready but
/// cannot start yet hold at most about as much as the cache may; beyond that only those are served that hold something already, so
/// that what they hold gets used. Used by the engine's owner thread only.
/// </summary>
internal sealed class ImageQueue(IImageEncoder encoder, long cacheBytes)
{
    private readonly ImageCache _cache = new(cacheBytes);
    private Sequence? _wanted;
    private int _wantedCached;
    private Sequence? _holder;
    private int _holderCached;
    private Sequence? _current;
    private int _currentCached;
    private int _image = -1;

    /// <summary>Images encoded since the start; those found in the cache are not counted.</summary>
    public long Encoded { get; private set; }

    /// <summary>The scheduler starts to look at waiting sequences.</summary>
    public void BeginPlan()
    {
        _wanted = null;
        _holder = null;
    }

    /// <summary>
    /// Whether every image of <paramref name="sequence"/> behind its first <paramref name="cachedTokens"/> tokens is encoded. If not,
    /// the sequence is served in turn.
    /// </summary>
    public bool IsReady(Sequence sequence, int cachedTokens)
    {
        if (sequence.Media is not SequenceMedia media || TakeCached(sequence, media, cachedTokens) < 0)
        {
            return true;
        }

        if (_wanted is null)
        {
            _wanted = sequence;
            _wantedCached = cachedTokens;
        }

        // Pages of its beginning may have gone since it was encoded, with an image in them.
        if (_holder is null && media.HeldBytes > 0)
        {
            _holder = sequence;
            _holderCached = cachedTokens;
        }

        return false;
    }

    /// <summary>
    /// Computes a slice; whether there was anything to do. An idle engine, which has no step to run, starts on the next image
    /// whatever others hold. A failure is the fault of <see cref="Current"/> alone.
    /// </summary>
    public bool Advance(IEnumerable<Sequence> waiting, bool isIdle)
    {
        if (_current is { CancelRequested: true })
        {
            Drop();
        }

        if (_current is null && !TryBegin(waiting, isIdle))
        {
            return false;
        }

        if (_image < 0)
        {
            return true;
        }

        float[]? embeddings = encoder.Advance();
        if (embeddings is not null)
        {
            Finish(embeddings);
        }

        return true;
    }

    /// <summary>The sequence whose image is being encoded.</summary>
    public Sequence? Current => _current;

    /// <summary>Gives up what is being encoded.</summary>
    public void Drop()
    {
        _current = null;
        _image = -1;
        encoder.Abandon();
    }

    private bool TryBegin(IEnumerable<Sequence> waiting, bool isIdle)
    {
        bool crowded = !isIdle && _wanted is not null && HeldByOthers(waiting, _wanted) > cacheBytes;
        Sequence? next = crowded ? _holder : _wanted;
        if (next is null || next.CancelRequested)
        {
            return false;
        }

        _current = next;
        _currentCached = crowded ? _holderCached : _wantedCached;
        BeginNext();
        return true;
    }

    private static long HeldByOthers(IEnumerable<Sequence> waiting, Sequence next)
    {
        long held = 0;
        foreach (Sequence sequence in waiting)
        {
            held += ReferenceEquals(sequence, next) ? 0 : sequence.Media?.HeldBytes ?? 0;
        }

        return held;
    }

    /// <summary>Starts on the current sequence's next image; ends its turn when there is none.</summary>
    private void BeginNext()
    {
        Sequence sequence = _current!; // set by the callers
        _image = TakeCached(sequence, sequence.Media!, _currentCached);
        if (_image < 0)
        {
            _current = null;
        }
        else
        {
            encoder.Begin(sequence.Media!.Image(_image));
        }
    }

    private void Finish(float[] embeddings)
    {
        Sequence sequence = _current!; // an image was begun for it
        Encoded++;
        sequence.Media!.Set(_image, embeddings);
        _cache.Add(sequence.Request.TenantId, sequence.Media.Image(_image).Hash, embeddings);
        BeginNext();
    }

    /// <summary>Fills in what the cache holds; the first image that is still missing, or -1.</summary>
    private int TakeCached(Sequence sequence, SequenceMedia media, int cachedTokens)
    {
        while (media.FirstMissing(cachedTokens) is int missing and >= 0)
        {
            if (_cache.Find(sequence.Request.TenantId, media.Image(missing).Hash) is not float[] embeddings)
            {
                return missing;
            }

            media.Set(missing, embeddings);
        }

        return -1;
    }
}
