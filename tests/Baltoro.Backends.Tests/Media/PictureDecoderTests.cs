using Baltoro.Backends.Media;
using Baltoro.Backends.Tests.Support;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Vision;
using Baltoro.Tests.Shared;
using SkiaSharp;

namespace Baltoro.Backends.Tests.Media;

public class PictureDecoderTests
{
    public static TheoryData<string, byte[]> OneRedPicture => new()
    {
        { "Png", PictureMaker.Png(5, 3) },
        { "Bmp", PictureMaker.Bmp(5, 3) },
        { "Gif", PictureMaker.Gif(5, 3, 10, 0xFF0000, 0x00FF00) },
    };

    [Theory]
    [MemberData(nameof(OneRedPicture))]
    public void Decode_HandMadePicture_GivesItsPixels(string format, byte[] file)
    {
        EncodedImage image = Pictures.Image(file);
        using DecodedPicture decoded = PictureDecoder.Decode(image);
        PixelImage pixels = decoded.Pixels;
        Assert.Equal(format, image.Header.Format.ToString());
        Assert.Equal((5, 3, 45), (pixels.Width, pixels.Height, pixels.Rgb.Length));
        Assert.All(pixels.Rgb.ToArray().Chunk(3), pixel => Assert.Equal([255, 0, 0], pixel));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 90)]
    [InlineData(SKEncodedImageFormat.Webp, 90)]
    [InlineData(SKEncodedImageFormat.Webp, 100)]
    public void Decode_LossyPicture_HasItsHeadersSize(SKEncodedImageFormat format, int quality)
    {
        EncodedImage image = Pictures.Image(Pictures.Encode(67, 31, format, quality));
        using DecodedPicture decoded = PictureDecoder.Decode(image);
        PixelImage pixels = decoded.Pixels;
        Assert.Equal((67, 31), (pixels.Width, pixels.Height));
        Assert.Equal((67, 31), (image.Header.Width, image.Header.Height));
    }

    [Fact]
    public void Decode_TransparentPixels_KeepTheirColour()
    {
        byte[] file = PictureMaker.PngOf(2, 1, [0, 10, 200, 30, 0, 40, 50, 60, 128], isTransparent: true);
        using DecodedPicture decoded = PictureDecoder.Decode(Pictures.Image(file));
        Assert.Equal([10, 200, 30, 40, 50, 60], decoded.Pixels.Rgb.ToArray());
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Decode_TruncatedPicture_IsRefusedByName(SKEncodedImageFormat format)
    {
        byte[] file = Pictures.Encode(64, 64, format);
        MediaException refused = Assert.Throws<MediaException>(() => PictureDecoder.Decode(Pictures.Image(file[..(file.Length / 2)])));
        Assert.Equal(Pictures.Field, refused.Field);
        Assert.StartsWith($"{Pictures.Field} is truncated or damaged:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_DataOfAnotherSize_IsRefused()
    {
        // A frame that does not fit its screen makes some readers enlarge the picture.
        byte[] gif = PictureMaker.Gif(8, 8, 10, 0xFF0000);
        gif[6] = 2;
        gif[8] = 2;
        EncodedImage image = Pictures.Image(gif);
        try
        {
            using DecodedPicture decoded = PictureDecoder.Decode(image);
            PixelImage pixels = decoded.Pixels;
            Assert.Equal((image.Header.Width, image.Header.Height), (pixels.Width, pixels.Height));
        }
        catch (MediaException refused)
        {
            Assert.Contains("its header says 2 x 2 pixels, its data", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DecodeFrames_Gif_GivesTheFramesAskedFor()
    {
        EncodedVideo video = Pictures.Animation(PictureMaker.Gif(4, 4, 50, 0x110000, 0x220000, 0x330000, 0x440000));
        Assert.Equal((4, 2.0), (video.FrameCount, video.FramesPerSecond));
        Assert.Equal([0x22, 0x44], PictureDecoder.DecodeFrames(video, index => index % 2 == 1).Select(frame => (int)frame.Rgb.Span[0]));
    }

    [Fact]
    public void DecodeFrames_AnimatedWebP_GivesItsFrames()
    {
        byte[] file = AnimatedWebP.Make(6, 5, 500, new SKColor(200, 0, 0), new SKColor(0, 201, 0), new SKColor(0, 0, 202));
        EncodedVideo video = Pictures.Animation(file);
        Assert.Equal((3, 2.0, 6, 5), (video.FrameCount, video.FramesPerSecond, video.First.Width, video.First.Height));
        Assert.Equal(
            [[200, 0, 0], [0, 201, 0], [0, 0, 202]], PictureDecoder.DecodeFrames(video, _ => true).Select(frame => frame.Rgb[..3].ToArray()));
        using DecodedPicture first = PictureDecoder.Decode(Pictures.Image(file));
        Assert.Equal([200, 0, 0], first.Pixels.Rgb[..3].ToArray());
    }

    [Fact]
    public void DecodeFrames_FramesThatAreUndone_AreDrawnOverTheLastThatStays()
    {
        // The second frame is 1 x 1 and to be undone; the third draws another corner.
        byte[] gif = [.. PictureMaker.Gif(2, 1, 50, 0x100000)[..^1], .. Corner(0, 0x200000, dispose: 3), .. Corner(1, 0x300000, dispose: 1), 0x3B];
        EncodedVideo video = Pictures.Animation(gif);
        Assert.Equal(
            [[0x10, 0x10], [0x20, 0x10], [0x10, 0x30]],
            PictureDecoder.DecodeFrames(video, _ => true).Select(frame => new[] { (int)frame.Rgb.Span[0], frame.Rgb.Span[3] }));
    }

    /// <summary>The blocks of a one-pixel frame at a column.</summary>
    private static byte[] Corner(int left, int color, int dispose)
    {
        byte[] blocks = PictureMaker.Gif(1, 1, 50, color)[13..^1];
        blocks[3] = (byte)(dispose << 2);
        blocks[9] = (byte)left;
        return blocks;
    }

    [Fact]
    public void DecodeFrames_TruncatedGif_IsRefused()
    {
        byte[] gif = PictureMaker.Gif(40, 40, 50, 0x110000, 0x220000);
        EncodedImage image = Pictures.Image(gif[..^60]);
        EncodedVideo video = EncodedVideo.FromAnimation(image, new Animation(2, 1_000));
        Assert.Throws<MediaException>(() => PictureDecoder.DecodeFrames(video, _ => true).Count());
    }
}
