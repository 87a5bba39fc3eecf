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
    public static DecodedPicture Decode(EncodedImage image)
    {
        using PinnedBytes file = new(GifTransparency.Drop(image));
        using SKData data = SKData.Create(file.Address, image.Bytes.Length);
        using SKCodec codec = Open(data, image);
        PixelMemory canvas = new(InfoOf(image));
        try
        {
            Check(codec.GetPixels(canvas.Info, canvas.Address, canvas.Info.RowBytes, new SKCodecOptions(0)), image);
            return new DecodedPicture(ToRgb(image, canvas), canvas);
        }
        catch
        {
            ((IDisposable)canvas).Dispose();
            throw;
        }
    }

    /// <summary>
    /// Frames of a film in order of time; <paramref name="isWanted"/> says of each index whether it is needed. A frame is gone
    /// when the next one is asked for.
    /// </summary>
    /// <exception cref="MediaException">Truncated or damaged.</exception>
    public static IEnumerable<PixelImage> DecodeFrames(EncodedVideo video, Func<int, bool> isWanted) =>
        video.IsAnimation
            ? DecodeAnimation(video, isWanted)
            : DecodeList(video, isWanted);

    private static IEnumerable<PixelImage> DecodeList(EncodedVideo video, Func<int, bool> isWanted)
    {
        for (int i = 0; i < video.Files.Count; i++)
        {
            if (isWanted(i))
            {
                using DecodedPicture frame = Decode(video.Files[i]);
                yield return frame.Pixels;
            }
        }
    }

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
        using PixelMemory work = new(InfoOf(image));
        using PixelMemory staying = new(work.Info);
        int stayingFrame = NoFrame;
        for (int i = 0; i < frames.Length; i++)
        {
            bool isFresh = frames[i].RequiredFrame == NoFrame;
            if (isFresh)
            {
                work.GetSpan().Clear();
            }
            else
            {
                staying.GetSpan().CopyTo(work.GetSpan());
            }

            SKCodecOptions options = new(i, isFresh ? NoFrame : stayingFrame);
            Check(codec.GetPixels(work.Info, work.Address, work.Info.RowBytes, options), image);
            if (frames[i].DisposalMethod != SKCodecAnimationDisposalMethod.RestorePrevious)
            {
                work.GetSpan().CopyTo(staying.GetSpan());
                stayingFrame = i;
            }

            if (isWanted(i))
            {
                yield return ToRgb(image, work);
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

    /// <summary>Leaves the fourth byte of every pixel out; the pixels move together in their own memory.</summary>
    private static PixelImage ToRgb(EncodedImage image, PixelMemory memory)
    {
        int bytes = checked((int)image.Header.Pixels * 3);
        Span<byte> pixels = memory.GetSpan();
        for (int from = 0, to = 0; to < bytes; from += BytesPerPixel, to += 3)
        {
            pixels[to] = pixels[from];
            pixels[to + 1] = pixels[from + 1];
            pixels[to + 2] = pixels[from + 2];
        }

        return new PixelImage(image.Header.Width, image.Header.Height, memory.Memory[..bytes]);
    }

    private static MediaException Damaged(EncodedImage image, string problem) =>
        new(image.Field, $"{image.Field} is truncated or damaged: {problem}");
}
