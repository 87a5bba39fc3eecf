namespace Baltoro.Kimi.Media;

/// <summary>The picture formats that are read.</summary>
public enum ImageFormat
{
    Png,
    Jpeg,
    WebP,
    Gif,
    Bmp,
}
