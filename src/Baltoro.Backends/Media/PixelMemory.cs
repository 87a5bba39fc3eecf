using System.Buffers;
using SkiaSharp;

namespace Baltoro.Backends.Media;

/// <summary>
/// RGBA pixels in native memory, all zero at first. A large picture is gone the moment it is no longer needed; as an array
/// it would stay until a full garbage collection. Nobody may use its memory after it is disposed.
/// </summary>
internal sealed class PixelMemory : MemoryManager<byte>
{
    private readonly SKBitmap _bitmap;

    public PixelMemory(SKImageInfo info)
    {
        Info = info;
        _bitmap = new SKBitmap(info, SKBitmapAllocFlags.ZeroPixels);
    }

    public SKImageInfo Info { get; }

    /// <summary>Of the first byte.</summary>
    public IntPtr Address => _bitmap.GetPixels();

    public override Span<byte> GetSpan() => _bitmap.GetPixelSpan();

    public override MemoryHandle Pin(int elementIndex = 0) =>
        throw new NotSupportedException("it does not move; use its address");

    public override void Unpin()
    {
        // It was never pinned.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _bitmap.Dispose();
        }
    }
}
