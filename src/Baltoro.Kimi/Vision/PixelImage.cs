namespace Baltoro.Kimi.Vision;

/// <summary>A decoded picture: 8-bit RGB, three bytes per pixel, rows from the top, nothing between rows. Immutable.</summary>
public sealed class PixelImage
{
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">width · height · 3 bytes; not to be changed afterwards.</param>
    /// <exception cref="ArgumentException">Size and bytes do not fit together; the message gives both.</exception>
    public PixelImage(int width, int height, ReadOnlyMemory<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != 3L * width * height)
        {
            throw new ArgumentException($"{width} x {height} pixels take {3L * width * height} bytes, found {rgb.Length}", nameof(rgb));
        }

        Width = width;
        Height = height;
        Rgb = rgb;
    }

    public int Width { get; }

    public int Height { get; }

    public ReadOnlyMemory<byte> Rgb { get; }
}
