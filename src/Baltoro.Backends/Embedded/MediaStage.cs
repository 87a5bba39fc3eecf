using System.Runtime.CompilerServices;
using Baltoro.Backends.Media;
using Baltoro.Engine;
using Baltoro.Engine.Vision;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>
/// Pictures and films of a prompt → patches for the engine. A few are decoded at a time, and the patches of all running
/// requests together are bounded. Safe for concurrent use.
/// </summary>
internal sealed class MediaStage(VisionSettings settings, long limitBytes) : IDisposable
{
    /// <summary>Pictures decoded at once; each may take 250 MB for a moment.</summary>
    private const int DecodedAtOnce = 2;

    private readonly SemaphoreSlim _decoding = new(DecodedAtOnce);
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
    public async ValueTask CheckAsync(IReadOnlyList<PromptMedia> media, CancellationToken cancellationToken)
    {
        foreach (PromptMedia item in media)
        {
            object source = SourceOf(item);
            if (!_sound.TryGetValue(source, out _))
            {
                await DecodeAsync(() => Walk(item), cancellationToken).ConfigureAwait(false);
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
    public async ValueTask<IReadOnlyList<MediaSpan>> PrepareAsync(IReadOnlyList<PromptMedia> media, CancellationToken cancellationToken)
    {
        List<MediaSpan> spans = new(media.Count);
        Dictionary<object, IReadOnlyList<ImageInput>> known = new(ReferenceEqualityComparer.Instance);
        foreach (PromptMedia item in media)
        {
            object source = SourceOf(item);
            if (!known.TryGetValue(source, out IReadOnlyList<ImageInput>? inputs))
            {
                inputs = await DecodeAsync(() => Prepare(item), cancellationToken).ConfigureAwait(false);
                known[source] = inputs;
            }

            spans.Add(new MediaSpan(item.Position, item.TokenCount, inputs[item is PromptMedia.Chunk chunk ? chunk.Index : 0]));
        }

        return spans;
    }

    public void Dispose() => _decoding.Dispose();

    private async ValueTask<T> DecodeAsync<T>(Func<T> decode, CancellationToken cancellationToken)
    {
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return decode();
        }
        finally
        {
            _decoding.Release();
        }
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

        _ = PictureDecoder.Decode(((PromptMedia.Picture)item).Image);
        return 1;
    }

    private IReadOnlyList<ImageInput> Prepare(PromptMedia item) => item switch
    {
        PromptMedia.Picture picture => [InputOf(ImageProcessor.Process(PictureDecoder.Decode(picture.Image), settings))],
        PromptMedia.Chunk chunk => PrepareChunks(chunk),
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "no such medium"),
    };

    private List<ImageInput> PrepareChunks(PromptMedia.Chunk chunk)
    {
        List<ImageInput> inputs = [];
        List<PixelImage> frames = [];
        foreach (PixelImage frame in PictureDecoder.DecodeFrames(chunk.Video, WantedOf(chunk.Plan).Contains))
        {
            frames.Add(frame);
            if (frames.Count == chunk.Plan.Chunks[inputs.Count].FrameIndices.Count)
            {
                inputs.Add(InputOf(ImageProcessor.ProcessChunk(frames, chunk.Plan, settings)));
                frames.Clear();
            }
        }

        return inputs;
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
