using System.Runtime.CompilerServices;
using Baltoro.Backends.Media;
using Baltoro.Backends.Turns;
using Baltoro.Engine;
using Baltoro.Engine.Vision;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>
/// Pictures and films of a prompt → patches for the engine. Decoding takes turns between tenants within a bound on its memory;
/// the patches of all running requests together are bounded too. Safe for concurrent use.
/// </summary>
internal sealed class MediaStage(VisionSettings settings, long limitBytes)
{
    private const int MaxWaiting = 1_024;
    private const int MaxWaitingPerTenant = 128;

    private readonly TenantTurns _decoding = new(new TurnLimits
    {
        Capacity = DecodeCost.CapacityBytes,
        CapacityPerTenant = DecodeCost.CapacityBytesPerTenant,
        MaxWaiting = MaxWaiting,
        MaxWaitingPerTenant = MaxWaitingPerTenant,
    });
    private readonly ConditionalWeakTable<object, object> _sound = [];
    private long _heldBytes;

    /// <summary>Memory that the patches of a prompt take.</summary>
    public long BytesOf(IReadOnlyList<PromptMedia> media) => media.Sum(item =>
    {
        int frames = item is PromptMedia.Chunk chunk ? chunk.Plan.Chunks[chunk.Index].FrameIndices.Count : 1;
        return (long)item.TokenCount * settings.CellSize * settings.CellSize * 3 * sizeof(float) * frames;
    });

    /// <summary>Why a prompt can never run, or null.</summary>
    public string? TooLarge(IReadOnlyList<PromptMedia> media) => BytesOf(media) is long bytes && bytes > limitBytes
        ? $"the pictures of the request take {bytes} bytes as patches; at most {limitBytes} are held"
        : null;

    /// <summary>Decodes whatever has not been decoded before, to find what is damaged before anything is reserved or charged.</summary>
    /// <exception cref="MediaException">A picture is damaged; the exception names its field.</exception>
    /// <exception cref="MediaBusyException">Too many pictures wait already.</exception>
    public async ValueTask CheckAsync(IReadOnlyList<PromptMedia> media, string tenantId, CancellationToken cancellationToken)
    {
        foreach (PromptMedia item in media)
        {
            object source = SourceOf(item);
            if (!_sound.TryGetValue(source, out _))
            {
                await DecodeAsync(item, tenantId, () => Walk(item), cancellationToken).ConfigureAwait(false);
                _sound.AddOrUpdate(source, source);
            }
        }
    }

    /// <summary>Takes the memory of a prompt's patches; null when running requests hold too much of it.</summary>
    public IDisposable? TryHold(IReadOnlyList<PromptMedia> media)
    {
        long bytes = BytesOf(media);
        if (Interlocked.Add(ref _heldBytes, bytes) > limitBytes)
        {
            Interlocked.Add(ref _heldBytes, -bytes);
            return null;
        }

        return new Hold(this, bytes);
    }

    /// <summary>The engine's form of every picture and chunk.</summary>
    /// <exception cref="MediaException">A picture is damaged.</exception>
    /// <exception cref="MediaBusyException">Too many pictures wait already.</exception>
    public async ValueTask<IReadOnlyList<MediaSpan>> PrepareAsync(
        IReadOnlyList<PromptMedia> media, string tenantId, CancellationToken cancellationToken)
    {
        List<MediaSpan> spans = new(media.Count);
        Dictionary<object, IReadOnlyList<ImageInput>> known = new(ReferenceEqualityComparer.Instance);
        foreach (PromptMedia item in media)
        {
            object source = SourceOf(item);
            if (!known.TryGetValue(source, out IReadOnlyList<ImageInput>? inputs))
            {
                inputs = await DecodeAsync(item, tenantId, () => Prepare(item), cancellationToken).ConfigureAwait(false);
                known[source] = inputs;
            }

            spans.Add(new MediaSpan(item.Position, item.TokenCount, inputs[item is PromptMedia.Chunk chunk ? chunk.Index : 0]));
        }

        return spans;
    }

    private async ValueTask<T> DecodeAsync<T>(PromptMedia item, string tenantId, Func<T> decode, CancellationToken cancellationToken)
    {
        long bytes = DecodeCost.BytesOf(item);
        using IDisposable? turn = await _decoding.EnterAsync(tenantId, bytes, cancellationToken).ConfigureAwait(false);
        if (turn is null)
        {
            throw new MediaBusyException("too many pictures are waiting to be decoded");
        }

        // The pool's threads are few, and everybody's; starting one costs as much as decoding a small icon.
        return bytes == DecodeCost.LeastBytes && item is PromptMedia.Picture
            ? decode()
            : await Task.Factory.StartNew(decode, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static object SourceOf(PromptMedia item) => item switch
    {
        PromptMedia.Picture picture => picture.Image,
        PromptMedia.Chunk chunk => chunk.Video,
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "no such medium"),
    };

    /// <summary>Number of pictures that could be decoded.</summary>
    private static int Walk(PromptMedia item)
    {
        if (item is PromptMedia.Chunk chunk)
        {
            HashSet<int> wanted = WantedOf(chunk.Plan);
            return PictureDecoder.DecodeFrames(chunk.Video, wanted.Contains).Count();
        }

        using DecodedPicture decoded = PictureDecoder.Decode(((PromptMedia.Picture)item).Image);
        return 1;
    }

    private IReadOnlyList<ImageInput> Prepare(PromptMedia item) => item switch
    {
        PromptMedia.Picture picture => [PreparePicture(picture)],
        PromptMedia.Chunk chunk => PrepareChunks(chunk),
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "no such medium"),
    };

    private ImageInput PreparePicture(PromptMedia.Picture picture)
    {
        using DecodedPicture decoded = PictureDecoder.Decode(picture.Image);
        return InputOf(ImageProcessor.Process(decoded.Pixels, settings));
    }

    /// <summary>Every frame becomes patches before the next one is decoded, so that one frame is in memory at a time.</summary>
    private List<ImageInput> PrepareChunks(PromptMedia.Chunk chunk)
    {
        using IEnumerator<PixelImage> frames = PictureDecoder.DecodeFrames(chunk.Video, WantedOf(chunk.Plan).Contains).GetEnumerator();
        List<ImageInput> inputs = [];
        foreach (VideoChunkPlan plan in chunk.Plan.Chunks)
        {
            inputs.Add(InputOf(ImageProcessor.ProcessChunk(Next(frames, plan.FrameIndices.Count), plan.FrameIndices.Count, chunk.Plan, settings)));
        }

        return inputs;
    }

    private static IEnumerable<PixelImage> Next(IEnumerator<PixelImage> frames, int count)
    {
        for (int i = 0; i < count && frames.MoveNext(); i++)
        {
            yield return frames.Current;
        }
    }

    private static HashSet<int> WantedOf(VideoPlan plan) => [.. plan.Chunks.SelectMany(chunk => chunk.FrameIndices)];

    private static ImageInput InputOf(ImagePatches patches) =>
        new(patches.Grid.Frames, patches.Grid.Rows, patches.Grid.Columns, patches.Values);

    private sealed class Hold(MediaStage owner, long bytes) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                Interlocked.Add(ref owner._heldBytes, -bytes);
            }
        }
    }
}
