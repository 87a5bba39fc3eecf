using Baltoro.Engine.Cache;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// Encodes the images of waiting sequences, one slice between two steps. The scheduler asks <see cref="IsReady"/> before it starts a
/// sequence, in its own fair order; the first that is not ready is served next, all its images in a row. While a large image is under
/// way, the first other sequence whose next image is much smaller goes beside it, slice by slice in turn, so that nobody's icon waits for
/// another's poster. Sequences that are ready but cannot start yet hold at most about as much as the cache may; beyond that only
/// those are served that hold something already, so that what they hold gets used. Used by the engine's owner thread only.
/// </summary>
internal sealed class ImageQueue
{
    /// <summary>How many times smaller an image is that goes beside another.</summary>
    private const int BesideFactor = 4;

    private readonly ImageCache _cache;
    private readonly long _cacheBytes;
    private readonly ImageLane _main;
    private readonly ImageLane? _beside;
    private Sequence? _wanted;
    private int _wantedCached;
    private Sequence? _holder;
    private int _holderCached;
    private Sequence? _small;
    private int _smallCached;
    private ImageLane _turn;
    private bool _wasBeside;

    public ImageQueue(IImageEncoder encoder, long cacheBytes)
    {
        _cache = new ImageCache(cacheBytes);
        _cacheBytes = cacheBytes;
        _main = new ImageLane(encoder, this);
        _beside = encoder.Beside is { } second ? new ImageLane(second, this) : null;
        _turn = _main;
    }

    /// <summary>Images encoded since the start; those found in the cache are not counted.</summary>
    public long Encoded { get; private set; }

    /// <summary>The scheduler starts to look at waiting sequences.</summary>
    public void BeginPlan()
    {
        _wanted = null;
        _holder = null;
        _small = null;
    }

    /// <summary>
    /// Whether every image of <paramref name="sequence"/> behind its first <paramref name="cachedTokens"/> tokens is encoded. If not,
    /// the sequence is served in turn.
    /// </summary>
    public bool IsReady(Sequence sequence, int cachedTokens)
    {
        if (sequence.Media is not SequenceMedia media || TakeCached(sequence, media, cachedTokens) is not (>= 0 and int missing))
        {
            return true;
        }

        if (ReferenceEquals(sequence, _beside?.Current))
        {
            return false;
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

        if (_small is null && IsBesideMain(sequence, media.Image(missing)))
        {
            _small = sequence;
            _smallCached = cachedTokens;
        }

        return false;
    }

    /// <summary>
    /// Computes a slice; whether there was anything to do. An idle engine, which has no step to run, starts on the next image
    /// whatever others hold. A failure is the fault of <see cref="Current"/> alone.
    /// </summary>
    public bool Advance(IEnumerable<Sequence> waiting, bool isIdle)
    {
        DropCancelled(_main);
        DropCancelled(_beside);
        _turn = _main;
        bool began = _main.Current is null && TryBegin(waiting, isIdle);
        began |= TryBeginBeside(waiting);
        if (NextLane() is not { } lane)
        {
            return began;
        }

        _turn = lane;
        _wasBeside = !ReferenceEquals(lane, _main);
        lane.Advance();
        return true;
    }

    /// <summary>The sequence whose image was begun or computed last.</summary>
    public Sequence? Current => _turn.Current;

    /// <summary>Gives up the image of <see cref="Current"/>.</summary>
    public void Drop() => _turn.Drop();

    /// <summary>Fills in what the cache holds; the first image that is still missing, or -1.</summary>
    public int TakeCached(Sequence sequence, SequenceMedia media, int cachedTokens)
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

    /// <summary>Keeps an image that was encoded for a sequence.</summary>
    public void Keep(Sequence sequence, int image, float[] embeddings)
    {
        Encoded++;
        sequence.Media!.Set(image, embeddings); // It has the image.
        _cache.Add(sequence.Request.TenantId, sequence.Media.Image(image).Hash, embeddings);
    }

    private static void DropCancelled(ImageLane? lane)
    {
        if (lane?.Current is { CancelRequested: true })
        {
            lane.Drop();
        }
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

    /// <summary>Whether a sequence's image is to go beside the one that is under way.</summary>
    private bool IsBesideMain(Sequence sequence, ImageInput image) =>
        _main.Image is { } large && !ReferenceEquals(sequence, _main.Current) && image.PatchCount * BesideFactor <= large.PatchCount;

    private bool TryBegin(IEnumerable<Sequence> waiting, bool isIdle)
    {
        bool crowded = !isIdle && _wanted is not null && HeldByOthers(waiting, _wanted) > _cacheBytes;
        Sequence? next = crowded ? _holder : _wanted;
        if (next is null || next.CancelRequested)
        {
            return false;
        }

        _main.Begin(next, crowded ? _holderCached : _wantedCached);
        return true;
    }

    private bool TryBeginBeside(IEnumerable<Sequence> waiting)
    {
        if (_beside is not { Current: null } || _small is not { CancelRequested: false } small
            || ReferenceEquals(small, _main.Current) || HeldByOthers(waiting, small) > _cacheBytes)
        {
            return false;
        }

        _turn = _beside;
        _small = null;
        _beside.Begin(small, _smallCached);
        return true;
    }

    /// <summary>The lane whose slice is next: in turn where both have an image, so that neither waits for the other's end.</summary>
    private ImageLane? NextLane()
    {
        bool hasMain = _main.Current is not null;
        bool hasBeside = _beside?.Current is not null;
        return hasBeside && !(hasMain && _wasBeside) ? _beside : hasMain ? _main : null;
    }
}
