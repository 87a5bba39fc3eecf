using Baltoro.Kimi.Media;
using Baltoro.Kimi.Vision;
using SkiaSharp;

namespace Baltoro.Backends.Media;

/// <summary>
/// Pictures and films → pixels. Every picture was bounded by its header before; one whose data say another size is refused,
/// so the header bounds the memory. Transparency is dropped, not blended; colour profiles and orientation tags are not
/// applied, as in the model's own preprocessing. Holds no state.
/// </summary>
internal static class PictureDecoder
{
    private const int BytesPerPixel = 4;
    private const int NoFrame = -1;

    /// <summary>The first frame of a picture.</summary>
    /// <exception cref="MediaException">Truncated or damaged.</exception>
    public static PixelImage Decode(EncodedImage image)
    {
        using PinnedBytes file = new(image.Bytes);
        using SKData data = SKData.Create(file.Address, image.Bytes.Length);
        using SKCodec codec = Open(data, image);
        byte[] pixels = new byte[image.Header.Pixels * BytesPerPixel];
        using (PinnedBytes canvas = new(pixels))
        {
            Check(codec.GetPixels(InfoOf(image), canvas.Address, RowBytesOf(image), new SKCodecOptions(0)), image);
        }

        return ToRgb(image, pixels, inPlace: true);
    }

    /// <summary>Frames of a film in order of time; <paramref name="isWanted"/> says of each index whether it is needed.</summary>
    /// <exception cref="MediaException">Truncated or damaged.</exception>
    public static IEnumerable<PixelImage> DecodeFrames(EncodedVideo video, Func<int, bool> isWanted) =>
        video.IsAnimation
            ? DecodeAnimation(video, isWanted)
            : video.Files.Where((_, index) => isWanted(index)).Select(Decode);

    private static IEnumerable<PixelImage> DecodeAnimation(EncodedVideo video, Func<int, bool> isWanted)
    {
        EncodedImage image = video.Files[0];
        using PinnedBytes file = new(image.Bytes);
        using SKData data = SKData.Create(file.Address, image.Bytes.Length);
        using SKCodec codec = Open(data, image);
        SKCodecFrameInfo[] frames = codec.FrameInfo;
        if (frames.Length != video.FrameCount)
        {
            throw Damaged(image, $"it has {frames.Length} readable frames of {video.FrameCount}");
        }

        // Frames are drawn over the last one that stays; one that is to be undone stays out of it.
        using PinnedBytes work = new(new byte[image.Header.Pixels * BytesPerPixel]);
        byte[] staying = new byte[work.Array.Length];
        int stayingFrame = NoFrame;
        for (int i = 0; i < frames.Length; i++)
        {
            bool isFresh = frames[i].RequiredFrame == NoFrame;
            if (!isFresh)
            {
                staying.CopyTo(work.Array, 0);
            }

            SKCodecOptions options = new(i, isFresh ? NoFrame : stayingFrame);
            Check(codec.GetPixels(InfoOf(image), work.Address, RowBytesOf(image), options), image);
            if (frames[i].DisposalMethod != SKCodecAnimationDisposalMethod.RestorePrevious)
            {
                work.Array.CopyTo(staying, 0);
                stayingFrame = i;
            }

            if (isWanted(i))
            {
                yield return ToRgb(image, work.Array, inPlace: false);
            }
        }
    }

    private static SKCodec Open(SKData data, EncodedImage image)
    {
        SKCodec codec = SKCodec.Create(data) ?? throw Damaged(image, "its header cannot be read");
        if (codec.Info.Width == image.Header.Width && codec.Info.Height == image.Header.Height)
        {
            return codec;
        }

        string sizes = $"its header says {image.Header.Width} x {image.Header.Height} pixels, its data {codec.Info.Width} x {codec.Info.Height}";
        codec.Dispose();
        throw Damaged(image, sizes);
    }

    private static SKImageInfo InfoOf(EncodedImage image) =>
        new(image.Header.Width, image.Header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);

    private static int RowBytesOf(EncodedImage image) => image.Header.Width * BytesPerPixel;

    private static void Check(SKCodecResult result, EncodedImage image)
    {
        if (result == SKCodecResult.IncompleteInput)
        {
            throw Damaged(image, "its data end early");
        }

        if (result != SKCodecResult.Success)
        {
            throw Damaged(image, $"its data cannot be decoded ({result})");
        }
    }

    /// <summary>Leaves the fourth byte of every pixel out.</summary>
    private static PixelImage ToRgb(EncodedImage image, byte[] pixels, bool inPlace)
    {
        int count = checked((int)image.Header.Pixels);
        byte[] rgb = inPlace ? pixels : new byte[count * 3];
        for (int from = 0, to = 0; to < count * 3; from += BytesPerPixel, to += 3)
        {
            rgb[to] = pixels[from];
            rgb[to + 1] = pixels[from + 1];
            rgb[to + 2] = pixels[from + 2];
        }

        return new PixelImage(image.Header.Width, image.Header.Height, rgb.AsMemory(0, count * 3));
    }

    private static MediaException Damaged(EncodedImage image, string problem) =>
        new(image.Field, $"{image.Field} is truncated or damaged: {problem}");
}
