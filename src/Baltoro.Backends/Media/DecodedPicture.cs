using Baltoro.Kimi.Vision;

namespace Baltoro.Backends.Media;

/// <summary>A picture's pixels, to be disposed when they are no longer needed.</summary>
internal sealed class DecodedPicture(PixelImage pixels, IDisposable memory) : IDisposable
{
    /// <summary>Not to be used after this is disposed.</summary>
    public PixelImage Pixels { get; } = pixels;

    public void Dispose() => memory.Dispose();
}
