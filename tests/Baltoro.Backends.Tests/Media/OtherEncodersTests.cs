using System.IO.Compression;
using System.Text.Json;
using Baltoro.Backends.Media;
using Baltoro.Backends.Tests.Support;
using Baltoro.Tests.Shared;

namespace Baltoro.Backends.Tests.Media;

/// <summary>
/// Pictures of other encoders have the pixels that Pillow sees in them, which are those the published preprocessors start from:
/// orientation not applied, transparency dropped, no colour management. See tests/data/pictures/PROVENANCE.md.
/// </summary>
public class OtherEncodersTests
{
    private static readonly string _folder = Path.Combine(RepositoryRoot.Path, "tests", "data", "pictures");

    public static TheoryData<string> Names => [.. Golden().GetProperty("pictures").EnumerateArray().Select(picture => picture.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_PictureOfAnotherEncoder_HasTheReferencesPixels(string name)
    {
        JsonElement golden = Golden();
        JsonElement expected = golden.GetProperty("pictures").EnumerateArray().Single(picture => picture.GetProperty("name").GetString() == name);
        using DecodedPicture decoded = PictureDecoder.Decode(Pictures.Image(File.ReadAllBytes(Path.Combine(_folder, name))));
        Assert.Equal(
            (golden.GetProperty("width").GetInt32(), golden.GetProperty("height").GetInt32()), (decoded.Pixels.Width, decoded.Pixels.Height));
        byte[] wanted = Unpack(expected.GetProperty("rgb").GetBytesFromBase64());
        ReadOnlySpan<byte> found = decoded.Pixels.Rgb.Span;
        int worst = 0;
        int place = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            int difference = Math.Abs(wanted[i] - found[i]);
            (worst, place) = difference > worst ? (difference, i) : (worst, place);
        }

        Assert.True(
            worst <= expected.GetProperty("tolerance").GetInt32(),
            $"{name}: byte {place} (pixel {place / 3 % decoded.Pixels.Width}, {place / 3 / decoded.Pixels.Width}) is {found[place]}, not {wanted[place]}");
    }

    [Fact]
    public void Decode_LargePicture_LeavesNothingForTheGarbageCollector()
    {
        byte[] file = PictureMaker.Png(2_000, 2_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (DecodedPicture decoded = PictureDecoder.Decode(Pictures.Image(file)))
        {
            Assert.Equal(12_000_000, decoded.Pixels.Rgb.Length);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static JsonElement Golden() => JsonElement.Parse(File.ReadAllText(Path.Combine(_folder, "pixels.json")));

    private static byte[] Unpack(byte[] packed)
    {
        using ZLibStream zlib = new(new MemoryStream(packed), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        zlib.CopyTo(bytes);
        return bytes.ToArray();
    }
}
