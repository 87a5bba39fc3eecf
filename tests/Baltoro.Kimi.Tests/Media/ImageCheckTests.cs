using System.Text;
using Baltoro.Kimi.Media;
using Baltoro.Tests.Shared;
using CsCheck;

namespace Baltoro.Kimi.Tests.Media;

public class ImageCheckTests
{
    [Fact]
    public void TryRead_HandMadePictures_GivesFormatAndSize()
    {
        Assert.Equal(new ImageHeader(ImageFormat.Png, 300, 200), Header(PictureMaker.Png(300, 200)));
        Assert.Equal(new ImageHeader(ImageFormat.Bmp, 7, 9), Header(PictureMaker.Bmp(7, 9)));
        Assert.Equal(new ImageHeader(ImageFormat.Gif, 300, 2), Header(PictureMaker.Gif(300, 2, 1, 1)));
        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 640, 480), Header([0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 11, 8, 1, 0xE0, 2, 0x80, 3]));
        Assert.Equal(
            new ImageHeader(ImageFormat.WebP, 16_384, 3),
            Header([.. "RIFF\0\0\0\0WEBPVP8L"u8, 9, 0, 0, 0, 0x2F, 0xFF, 0xBF, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(
            new ImageHeader(ImageFormat.WebP, 258, 2),
            Header([.. "RIFF\0\0\0\0WEBPVP8X"u8, 10, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 1, 0, 0]));
        Assert.Equal(
            new ImageHeader(ImageFormat.WebP, 5, 6),
            Header([.. "RIFF\0\0\0\0WEBPVP8 "u8, 10, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 5, 0x40, 6, 0]));
    }

    [Theory]
    [InlineData("hello there, text", "unsupported image format: text/plain; charset=utf-8")]
    [InlineData("<?xml version='1.0'?><svg>", "unsupported image format: image/svg+xml")]
    [InlineData("%PDF-1.7", "unsupported image format: application/pdf")]
    [InlineData("\0\0\0\u0018ftypavif", "unsupported image format: image/avif")]
    [InlineData("\0\0\0\u0018ftypheic", "unsupported image format: image/heic")]
    [InlineData("\0\0\0\u0018ftypmp42", "unsupported video format: video/mp4")]
    [InlineData("RIFF\0\0\0\0AVI LIST", "unsupported video format: video/avi")]
    [InlineData("", "x holds no data")]
    [InlineData("GIF89a", "x is truncated or damaged: its Gif header cannot be read")]
    public void TryRead_OtherFiles_AreNamed(string file, string problem) => Assert.StartsWith(
        problem, ImageCheck.TryRead(Encoding.Latin1.GetBytes(file), "image", out _)?.About("x") ?? "", StringComparison.Ordinal);

    [Fact]
    public void TryRead_AnyBytesBehindAnyMark_NeverThrows()
    {
        byte[][] marks =
        [
            [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], "GIF89a"u8.ToArray(), [.. "RIFF\0\0\0\0WEBP"u8], "BM"u8.ToArray(), [],
        ];
        Gen.Select(Gen.Int[0, marks.Length - 1], Gen.Byte.Array[0, 80]).Sample((mark, bytes) =>
        {
            byte[] file = [.. marks[mark], .. bytes];
            ImageProblem? problem = ImageCheck.TryRead(file, "image", out ImageHeader header);
            if (ImageHeaderReader.FormatOf(file) is { } format && problem is null)
            {
                Assert.InRange(header.Pixels, 1, MediaLimits.MaxPixels);
                _ = AnimationReader.Read(file, format);
            }

            Assert.NotEmpty(SniffedType.Of(file));
        });
    }

    [Fact]
    public void Animation_FramesAndTimes_AreCounted()
    {
        Animation? film = AnimationReader.Read(PictureMaker.Gif(9, 9, 25, 1, 2, 3), ImageFormat.Gif);
        Assert.Equal(new Animation(3, 750), film);
        Assert.Equal(new Animation(2, 200), AnimationReader.Read(PictureMaker.Gif(9, 9, 0, 1, 2), ImageFormat.Gif));
        Assert.Null(AnimationReader.Read(PictureMaker.Gif(9, 9, 25, 1, 2, 3)[..40], ImageFormat.Gif));
    }

    private static ImageHeader Header(byte[] file)
    {
        Assert.Null(ImageCheck.TryRead(file, "image", out ImageHeader header));
        return header;
    }
}
