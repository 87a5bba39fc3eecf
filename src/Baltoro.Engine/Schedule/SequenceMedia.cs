using Baltoro.Engine.Cache;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// The images of one sequence: where they stand, and their embeddings while they are needed, from the time an image is encoded
/// until the prompt has been read. Used by the engine's owner thread only.
/// </summary>
internal sealed class SequenceMedia : IPageMediaSource
{
    private readonly MediaSpan[] _spans;
    private readonly MediaEmbedding[] _embeddings;

    public SequenceMedia(IReadOnlyList<MediaSpan> spans)
    {
        _spans = [.. spans];
        _embeddings = new MediaEmbedding[_spans.Length];
        Release();
    }

    public int Count => _spans.Length;

    /// <summary>One per image; without values where it is not encoded or no longer needed.</summary>
    public IReadOnlyList<MediaEmbedding> Embeddings => _embeddings;

    /// <summary>Bytes of embeddings held.</summary>
    public long HeldBytes
    {
        get
        {
            long bytes = 0;
            foreach (MediaEmbedding embedding in _embeddings)
            {
                bytes += (long)embedding.Values.Length * sizeof(float);
            }

            return bytes;
        }
    }

    public ImageInput Image(int index) => _spans[index].Image;

    /// <summary>The first image that reaches beyond the first <paramref name="cachedTokens"/> tokens and is not encoded, or -1.</summary>
    public int FirstMissing(int cachedTokens)
    {
        for (int i = 0; i < _spans.Length; i++)
        {
            if (_spans[i].End > cachedTokens && _embeddings[i].Values.IsEmpty)
            {
                return i;
            }
        }

        return -1;
    }

    public void Set(int index, float[] values) => _embeddings[index] = _embeddings[index] with { Values = values };

    /// <summary>Lets go of all embeddings.</summary>
    public void Release()
    {
        for (int i = 0; i < _spans.Length; i++)
        {
            _embeddings[i] = new MediaEmbedding(_spans[i].Position, _spans[i].TokenCount, default);
        }
    }

    /// <inheritdoc/>
    public PageMedia[] MediaOf(int start, int count)
    {
        List<PageMedia>? found = null;
        foreach (MediaSpan span in _spans)
        {
            if (span.Position < start + count && span.End > start)
            {
                int first = Math.Max(span.Position, start);
                (found ??= []).Add(new PageMedia(span.Image.Hash, first - start, first - span.Position));
            }
        }

        return found is null ? [] : [.. found];
    }

    /// <summary>
    /// Of <paramref name="tokens"/> equal first tokens of two prompts, those that also stand for equal images. Either may have none.
    /// </summary>
    public static int CommonPrefix(SequenceMedia? left, SequenceMedia? right, int tokens)
    {
        MediaSpan[] first = left?._spans ?? [];
        MediaSpan[] second = right?._spans ?? [];
        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            bool same = i < first.Length && i < second.Length
                && first[i].Position == second[i].Position && first[i].Image.Hash == second[i].Image.Hash;
            if (!same)
            {
                int position = Math.Min(
                    i < first.Length ? first[i].Position : int.MaxValue, i < second.Length ? second[i].Position : int.MaxValue);
                return Math.Min(tokens, position);
            }
        }

        return tokens;
    }
}
