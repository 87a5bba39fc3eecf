using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Schedule;

/// <summary>One encoder and the sequence whose images go through it, one after the other. Used by the engine's owner thread only.</summary>
internal sealed class ImageLane(IImageEncoder encoder, ImageQueue queue)
{
    private int _cachedTokens;
    private int _image = -1;

    /// <summary>The sequence that is served, or null.</summary>
    public Sequence? Current { get; private set; }

    /// <summary>The image being encoded, or null.</summary>
    public ImageInput? Image => Current is { Media: { } media } && _image >= 0 ? media.Image(_image) : null;

    /// <summary>Serves <paramref name="sequence"/> until all its images behind its first tokens are encoded.</summary>
    public void Begin(Sequence sequence, int cachedTokens)
    {
        Current = sequence;
        _cachedTokens = cachedTokens;
        BeginNext();
    }

    /// <summary>Computes a slice.</summary>
    public void Advance()
    {
        if (_image >= 0 && encoder.Advance() is { } embeddings)
        {
            queue.Keep(Current!, _image, embeddings); // an image was begun for it
            BeginNext();
        }
    }

    /// <summary>Gives up what is being encoded.</summary>
    public void Drop()
    {
        Current = null;
        _image = -1;
        encoder.Abandon();
    }

    /// <summary>Starts on the sequence's next image; ends its turn when there is none.</summary>
    private void BeginNext()
    {
        Sequence sequence = Current!; // set by the callers
        _image = queue.TakeCached(sequence, sequence.Media!, _cachedTokens);
        if (_image < 0)
        {
            Current = null;
        }
        else
        {
            encoder.Begin(sequence.Media!.Image(_image));
        }
    }
}
