using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Baltoro.Backends.Media;
using Baltoro.Backends.Tests.Support;
using Baltoro.Kimi.Media;
using Baltoro.Tests.Shared;
using SkiaSharp;

namespace Baltoro.Backends.Tests.Media;

/// <summary>
/// Mutated pictures never crash the process, hang it or exceed the memory bound: each is decoded or refused by name. BALTORO_SOAK=1
/// runs 100,000 mutations.
/// </summary>
public class PictureFuzzTests
{
    private const long MaxGrowthBytes = 1_500_000_000;

    private static int Mutations => Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 100_000 : 4_000;

    [Fact]
    public void Decode_MutatedPictures_DecodeOrAreRefused()
    {
        string? given = Environment.GetEnvironmentVariable("BALTORO_TEST_SEED");
        int seed = given is null ? RandomNumberGenerator.GetInt32(int.MaxValue) : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed} (repeat with BALTORO_TEST_SEED={seed})");
        Random random = new(seed);
        byte[][] originals = Originals();
        long before = PeakBytes();
        int decoded = 0;
        int refused = 0;
        int unreadable = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] file = Mutate(originals[i % originals.Length], random);
            switch (Look(file))
            {
                case null:
                    unreadable++;
                    break;
                case true:
                    decoded++;
                    break;
                default:
                    refused++;
                    break;
            }
        }

        long growth = PeakBytes() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"decoded {decoded}, refused {refused}, unreadable {unreadable}, growth {growth / 1_000_000} MB");
        Assert.True(decoded > 0 && refused > 0 && unreadable > 0, $"seed {seed}: {decoded} decoded, {refused} refused, {unreadable} unreadable");
        Assert.True(growth < MaxGrowthBytes, $"seed {seed}: the process grew by {growth} bytes");
    }

    /// <summary>Null: no usable header. True: decoded. False: refused.</summary>
    private static bool? Look(byte[] file)
    {
        if (ImageCheck.TryRead(file, "image", out ImageHeader header) is not null)
        {
            return null;
        }

        EncodedImage image = new(file, header, Pictures.Field);
        try
        {
            if (AnimationReader.Read(file, header.Format) is { FrameCount: > 1 and < 100 } animation
                && header.Pixels * animation.FrameCount < 10_000_000)
            {
                return PictureDecoder.DecodeFrames(EncodedVideo.FromAnimation(image, animation), _ => true).Count() == animation.FrameCount;
            }

            using DecodedPicture decoded = PictureDecoder.Decode(image);
            Assert.Equal(header.Pixels * 3, decoded.Pixels.Rgb.Length);
            return true;
        }
        catch (MediaException e)
        {
            Assert.Equal(Pictures.Field, e.Field);
            return false;
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] file = [.. original];
        int changes = 1 << random.Next(6);
        for (int i = 0; i < changes; i++)
        {
            // Headers are where sizes and tables stand, so half of the changes go there.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(64, file.Length) : file.Length);
            file[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(file[at] ^ (1 << random.Next(8))),
                2 => 0xFF,
                _ => 0,
            };
        }

        return random.Next(5) switch
        {
            0 => file[..random.Next(file.Length)],
            1 => [.. file, .. file.AsSpan(random.Next(file.Length))],
            _ => file,
        };
    }

    private static byte[][] Originals() =>
    [
        PictureMaker.Png(33, 17, (x, y) => (x * 7) ^ (y * 1_001)),
        PictureMaker.Bmp(21, 9),
        PictureMaker.Gif(16, 12, 10, 0x112233, 0x445566, 0x778899),
        AnimatedWebP.Make(20, 10, 100, SKColors.Red, SKColors.Blue),
        Pictures.Encode(40, 30, SKEncodedImageFormat.Jpeg),
        Pictures.Encode(40, 30, SKEncodedImageFormat.Webp),
        Pictures.Encode(40, 30, SKEncodedImageFormat.Webp, 100),
        Pictures.Encode(50, 50, SKEncodedImageFormat.Png),
    ];

    private static long PeakBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
