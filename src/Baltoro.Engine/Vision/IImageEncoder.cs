namespace Baltoro.Engine.Vision;

/// <summary>
/// Turns images into the embeddings of their media tokens, a bounded slice at a time, so that generation goes on between. One
/// image at a time. Called by the engine's owner thread only.
/// </summary>
public interface IImageEncoder
{
    VisionFacts Facts { get; }

    /// <summary>Floats per media token.</summary>
    int Width { get; }

    /// <summary>Another encoder that may work on an image while this one is in the middle of one; null where there is none.</summary>
    IImageEncoder? Beside => null;

    /// <summary>Starts on an image that fits <see cref="Facts"/>; drops what was begun before.</summary>
    void Begin(ImageInput image);

    /// <summary>
    /// Computes one slice. Null while there is more to do; at the end the embeddings [media tokens, Width], which depend on the
    /// image alone, bit for bit.
    /// </summary>
    float[]? Advance();

    /// <summary>Drops the image that was begun, if any.</summary>
    void Abandon();
}
