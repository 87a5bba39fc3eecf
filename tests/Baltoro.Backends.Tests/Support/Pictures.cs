using Baltoro.Kimi.Media;
using SkiaSharp;

namespace Baltoro.Backends.Tests.Support;

/// <summary>Pictures of formats that are not written by hand, and their headers.</summary>
internal static class Pictures
{
    public const string Field = "messages[0].content[0].image_url";

    /// <summary>A picture of stripes, so that every part of its data matters.</summary>
    public static byte[] Encode(int width, int height, SKEncodedImageFormat format, int quality = 90)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor((byte)(x * 37), (byte)(y * 53), (byte)((x * y) + 11)));
            }
        }

        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>The picture as a request would hold it.</summary>
    public static EncodedImage Image(byte[] file)
    {
        ImageProblem? problem = ImageCheck.TryRead(file, "image", out ImageHeader header);
        return problem is null ? new EncodedImage(file, header, Field) : throw new ArgumentException(problem.About("the picture"));
    }

    /// <summary>The film as a request would hold it.</summary>
    public static EncodedVideo Animation(byte[] file)
    {
        EncodedImage image = Image(file);
        return EncodedVideo.FromAnimation(image, AnimationReader.Read(file, image.Header.Format) ?? throw new ArgumentException("no frames"));
    }
}
