namespace Baltoro.Kimi.Media;

/// <summary>What a picture says about itself before anything of it is decoded.</summary>
/// <param name="Format">Found in its first bytes, whatever it was called.</param>
/// <param name="Width">Columns; at least 1.</param>
/// <param name="Height">Rows; at least 1.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>Pixels of one frame.</summary>
    public long Pixels => (long)Width * Height;
}
