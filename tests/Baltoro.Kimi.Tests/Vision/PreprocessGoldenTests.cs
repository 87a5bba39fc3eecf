using System.Security.Cryptography;
using System.Text.Json;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Vision;

namespace Baltoro.Kimi.Tests.Vision;

/// <summary>Sizes, bytes and frames against the published rules and Pillow's own resize (tests/oracle/preprocess_oracle.py).</summary>
public sealed class PreprocessGoldenTests
{
    private static readonly JsonElement Golden =
        JsonDocument.Parse(File.ReadAllBytes(TestPaths.Data("vision", "preprocess.json"))).RootElement;

    [Fact]
    public void Process_AllPictures_GivesPillowsBytes()
    {
        foreach (JsonElement picture in Golden.GetProperty("pictures").EnumerateArray())
        {
            int width = picture.GetProperty("width").GetInt32();
            int height = picture.GetProperty("height").GetInt32();
            int tokens = picture.GetProperty("tokens").GetInt32();
            VisionSettings settings = Settings(picture);
            PixelImage image = Picture(picture.GetProperty("seed").GetUInt32(), width, height);
            if (tokens == 0)
            {
                Assert.Throws<ImageRefusedException>(() => ImageProcessor.Process(image, settings));
                Assert.Throws<ImageRefusedException>(() => MediaTokens.Count(width, height, settings));
                continue;
            }

            ImagePatches patches = ImageProcessor.Process(image, settings);
            string found = Convert.ToHexStringLower(SHA256.HashData(Bytes(patches.Values.Span)));
            Assert.True(picture.GetProperty("patches").GetString() == found, $"{picture} has other bytes");
            Assert.Equal(tokens, patches.TokenCount);
            Assert.Equal(tokens, MediaTokens.Count(width, height, settings));
            Assert.Equal(patches.Grid, MediaTokens.Grid(width, height, settings));
            Assert.Equal(patches.Grid.PatchCount * 588, patches.Values.Length);
            Assert.Equal(4 * tokens, patches.Grid.PatchCount);
        }
    }

    [Fact]
    public void Count_ManySizes_FollowsThePublishedFormula()
    {
        foreach (JsonElement row in Golden.GetProperty("counts").EnumerateArray())
        {
            VisionSettings settings = new() { PatchLimit = row[2].GetInt32() };
            Assert.Equal(row[3].GetInt32(), MediaTokens.Count(row[0].GetInt32(), row[1].GetInt32(), settings));
        }
    }

    [Theory]
    [InlineData(100, 100, 16)]
    [InlineData(224, 224, 64)]
    [InlineData(640, 480, 414)]
    [InlineData(1024, 1024, 1369)]
    [InlineData(1920, 1080, 2691)]
    [InlineData(3000, 3000, 4225)]
    [InlineData(4000, 3000, 4200)]
    [InlineData(8000, 200, 1792)]
    [InlineData(1, 1, 1)]
    public void Count_KnownSizes_IsTheKnownNumber(int width, int height, int tokens) =>
        Assert.Equal(tokens, MediaTokens.Count(width, height, new VisionSettings()));

    [Fact]
    public void Plan_Videos_ChoosesThePublishedFrames()
    {
        foreach (JsonElement video in Golden.GetProperty("videos").EnumerateArray())
        {
            VideoPlan plan = VideoSampler.Plan(video.GetProperty("frames").GetInt32(), video.GetProperty("fps").GetDouble(), new VisionSettings());
            Assert.Equal(video.GetProperty("chosen").EnumerateArray().Select(frame => frame.GetInt32()), plan.Chunks.SelectMany(chunk => chunk.FrameIndices));
            Assert.Equal(video.GetProperty("stamps").EnumerateArray().Select(stamp => stamp.GetString()), plan.Chunks.Select(chunk => chunk.Timestamp));
            Assert.All(plan.Chunks.SkipLast(1), chunk => Assert.Equal(4, chunk.FrameIndices.Count));
        }
    }

    [Fact]
    public void ProcessChunk_FullHdFrames_CostsOneChunkOfTokens()
    {
        VisionSettings settings = new();
        VideoPlan plan = VideoSampler.Plan(60, 30, settings);
        Assert.Equal(1032, MediaTokens.CountChunk(1920, 1080, plan, settings));
        PixelImage[] frames = [Picture(1, 96, 40), Picture(2, 96, 40), Picture(3, 96, 40)];
        ImagePatches chunk = ImageProcessor.ProcessChunk(frames, frames.Count(), plan, settings);
        Assert.Equal(new PatchGrid(3, 4, 8), chunk.Grid);
        Assert.Equal(8, chunk.TokenCount);
        for (int i = 0; i < frames.Length; i++)
        {
            ReadOnlySpan<float> frame = chunk.Values.Span.Slice(i * 32 * 588, 32 * 588);
            Assert.True(frame.SequenceEqual(ImageProcessor.Process(frames[i], settings).Values.Span));
        }
    }

    [Fact]
    public void ProcessChunk_FramesOfTwoSizes_AreRefused()
    {
        VisionSettings settings = new();
        VideoPlan plan = VideoSampler.Plan(2, 1, settings);
        ImageRefusedException refused = Assert.Throws<ImageRefusedException>(
            () => ImageProcessor.ProcessChunk([Picture(1, 20, 20), Picture(1, 20, 21)], 2, plan, settings));
        Assert.Contains("20 x 20 and 20 x 21", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ImageRefusedException>(() => VideoSampler.Plan(2, 1, VisionSettings.KimiVl));
    }

    [Fact]
    public void Process_OnePixel_IsNormalisedAndPaddedWithBlack()
    {
        ImagePatches patches = ImageProcessor.Process(new PixelImage(1, 1, new byte[] { 255, 128, 0 }), new VisionSettings());
        Assert.Equal(new PatchGrid(1, 2, 2), patches.Grid);
        float[] values = patches.Values.ToArray();
        Assert.Equal(1f, values[0]);
        Assert.Equal(((128 / 255f) - 0.5f) * 2, values[196]);
        Assert.Equal(-1f, values[392]);
        Assert.Equal((4 * 588) - 2, values.Count(value => value == -1f));
    }

    [Fact]
    public void PixelImage_WrongNumberOfBytes_SaysBoth()
    {
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => new PixelImage(2, 3, new byte[17]));
        Assert.Contains("2 x 3 pixels take 18 bytes, found 17", wrong.Message, StringComparison.Ordinal);
    }

    private static VisionSettings Settings(JsonElement picture)
    {
        VisionSettings family = picture.GetProperty("family").GetString() == "K25" ? new VisionSettings() : VisionSettings.KimiVl;
        return family with { PatchLimit = picture.GetProperty("limit").GetInt32(), PadInput = picture.GetProperty("pad").GetBoolean() };
    }

    private static PixelImage Picture(uint seed, int width, int height)
    {
        byte[] bytes = new byte[3 * width * height];
        for (int i = 0; i < bytes.Length; i++)
        {
            uint x = unchecked(((uint)i + seed) * 0x9E3779B1);
            x = unchecked((x ^ (x >> 15)) * 0x85EBCA77);
            bytes[i] = (byte)((x ^ (x >> 13)) >> 24);
        }

        return new PixelImage(width, height, bytes);
    }

    private static byte[] Bytes(ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[values.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)MathF.Round(((values[i] * 0.5f) + 0.5f) * 255);
        }

        return bytes;
    }
}
