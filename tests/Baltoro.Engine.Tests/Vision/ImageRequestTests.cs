using Baltoro.Engine.Cache;
using Baltoro.Engine.Tests.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>Prompts with pictures through the engine's own door.</summary>
public class ImageRequestTests
{
    private static readonly EngineOptions Options = new() { Threads = 2, KvCacheBytes = 4 << 20, PrefillTokensPerStep = 32 };

    [Fact]
    public async Task Answer_OfThePicture_IsThatOfTheModelAlone()
    {
        ImageInput image = VisionGolden.Picture(1, 1, 18, 14);
        GenerationRequest request = Request(image);
        List<int> expected = Alone(request, 12);
        await using InferenceEngine engine = Open("vision-k25", Options);
        Assert.Equal(expected, (await ServingHarness.CollectAsync(engine.Submit(request))).Tokens);
        Assert.NotEqual(expected, (await ServingHarness.CollectAsync(engine.Submit(Request(VisionGolden.Picture(2, 1, 18, 14))))).Tokens);
    }

    [Fact]
    public async Task PrefixCache_TwoPicturesOfOneSize_NeverShare()
    {
        await using InferenceEngine engine = Open("vision-k25", Options);
        await using InferenceEngine cold = Open("vision-k25", Options with { PrefixCache = false, ImageCacheBytes = 0 });
        GenerationRequest first = Request(VisionGolden.Picture(1, 1, 18, 14));
        GenerationRequest second = Request(VisionGolden.Picture(2, 1, 18, 14));
        Assert.Equal(first.PromptIds.ToArray(), second.PromptIds.ToArray());
        (_, TokenEvent firstEnd) = await ServingHarness.CollectAsync(engine.Submit(first));
        (List<int> secondTokens, TokenEvent secondEnd) = await ServingHarness.CollectAsync(engine.Submit(second));
        Assert.Equal((0, 0), (firstEnd.CachedTokens, secondEnd.CachedTokens));
        Assert.Equal((await ServingHarness.CollectAsync(cold.Submit(second))).Tokens, secondTokens);
        Assert.Equal(2, engine.Stats.ImagesEncoded);

        // The same pictures again: nothing is encoded, all full pages but the last token's are there.
        (List<int> again, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(second));
        Assert.Equal(secondTokens, again);
        Assert.Equal((second.PromptIds.Length - 1) / 16 * 16, end.CachedTokens);
        Assert.Equal(2, engine.Stats.ImagesEncoded);
    }

    [Fact]
    public async Task PrefixCache_PictureLaterInTheConversation_SharesWhatIsBefore()
    {
        await using InferenceEngine engine = Open("vision-k25", Options);
        int[] words = [.. Enumerable.Range(0, 40).Select(i => 6 + (i % 50))];
        GenerationRequest first = Request(VisionGolden.Picture(1, 1, 8, 10), words);
        GenerationRequest second = Request(VisionGolden.Picture(2, 1, 8, 10), words);
        await ServingHarness.CollectAsync(engine.Submit(first));
        (_, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(second));
        Assert.Equal(32, end.CachedTokens);
    }

    [Fact]
    public async Task ImageCache_AnotherPlaceOrTenant_EncodesOncePerTenant()
    {
        await using InferenceEngine engine = Open("vision-k25", Options);
        ImageInput image = VisionGolden.Picture(1, 1, 6, 4);
        await ServingHarness.CollectAsync(engine.Submit(Request(image)));
        await ServingHarness.CollectAsync(engine.Submit(Request(image, [9, 8, 7, 6])));
        Assert.Equal(1, engine.Stats.ImagesEncoded);
        (_, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(Request(image) with { TenantId = "other" }));
        Assert.Equal(0, end.CachedTokens);
        Assert.Equal(2, engine.Stats.ImagesEncoded);
    }

    [Fact]
    public async Task ManyRequests_TextAndPicturesMixed_GiveWhatEachGivesAlone()
    {
        EngineOptions tight = Options with { MaxRunning = 3, ImageCacheBytes = 4000, PrefillTokensPerStep = 16 };
        GenerationRequest[] requests =
        [
            .. Enumerable.Range(0, 12).Select(i => i % 3 == 0
                ? Request(null, [.. Enumerable.Range(0, 30 + i).Select(k => 6 + ((k * i) % 50))])
                : Request(VisionGolden.Picture((uint)(i % 4), 1 + (i % 2), 4 + (i % 5 * 2), 10), [.. Enumerable.Repeat(6 + i, i)])),
        ];
        List<int>[] alone = [.. requests.Select(request => Alone(request, 12))];
        await using InferenceEngine engine = Open("vision-k25", tight);
        Task<(List<int> Tokens, TokenEvent End)>[] all = [.. requests.Select(request => ServingHarness.CollectAsync(engine.Submit(request)))];
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(alone[i], (await all[i]).Tokens);
        }

        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Preempted_PromptsWithPictures_GiveTheSameTokens()
    {
        // Room for little more than one whole sequence, so that the younger ones lose their pages and are read again.
        long pageBytes = LatentCache.PageBytes(2, 28);
        EngineOptions few = Options with { KvCacheBytes = 14 * pageBytes, ImageCacheBytes = 0, PrefixCache = false };
        GenerationRequest[] requests = [.. Enumerable.Range(0, 3).Select(i => Request(VisionGolden.Picture((uint)i, 1, 8, 10)) with { MaxNewTokens = 90 })];
        List<int>[] alone = [.. requests.Select(request => Alone(request, 90))];
        await using InferenceEngine engine = Open("vision-k25", few);
        using GateConstraint gate = new();
        requests[0] = requests[0] with { Constraint = gate };
        Task<(List<int> Tokens, TokenEvent End)>[] all = [.. requests.Select(request => ServingHarness.CollectAsync(engine.Submit(request)))];
        gate.Open();
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(alone[i], (await all[i]).Tokens);
        }

        Assert.True(engine.Stats.Preemptions > 0, "nothing was preempted");
        Assert.True(engine.Stats.ImagesEncoded > 3, "nothing was encoded again");
    }

    [Fact]
    public async Task Submit_ToATextModel_RefusesPicturesByName()
    {
        await using InferenceEngine engine = Open("plain-q", Options);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => engine.Submit(Request(VisionGolden.Picture(1, 1, 2, 2))));
        Assert.Equal("Media", refused.ParamName);
        Assert.Contains("has 1 images; the loaded model has no vision tower", refused.Message, StringComparison.Ordinal);
        Assert.Null(engine.Vision);
    }

    [Fact]
    public async Task Submit_WrongPlaceOrGrid_SaysWhatIsAllowed()
    {
        await using InferenceEngine engine = Open("vision-k25", Options);
        ImageInput image = VisionGolden.Picture(1, 1, 4, 6);
        GenerationRequest good = Request(image);
        AssertRefused(engine, good with { Media = [new MediaSpan(3, 5, image)] }, "Media 0: tokens: 5; allowed is 6 for its grid");
        AssertRefused(engine, good with { Media = [new MediaSpan(2, 6, image)] }, "position 2 is 8; allowed is the media pad 5");
        AssertRefused(engine, good with { Media = [new MediaSpan(60, 6, image)] }, "first position: 60; allowed is at most");
        AssertRefused(engine, good with { Media = [good.Media[0], good.Media[0]] }, "Media 1: first position: 3; allowed is 9 or later");
        AssertRefused(engine, Request(VisionGolden.Picture(1, 5, 2, 2)), "frames: 5; allowed is 1 to 4");
        AssertRefused(engine, Request(VisionGolden.Picture(1, 1, 3, 2)), "rows of patches: 3; allowed is multiples of 2 up to 512");
        AssertRefused(engine, good with { Media = [new MediaSpan(3, 6, new ImageInput(1, 4, 6, new float[10]))] }, "values: 10; allowed is 14112");
    }

    private static void AssertRefused(InferenceEngine engine, GenerationRequest request, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => engine.Submit(request)).Message, StringComparison.Ordinal);

    private static InferenceEngine Open(string name, EngineOptions options) => InferenceEngine.Open(Path.Combine(GoldenCase.Root, name), options);

    /// <summary>Greedy tokens of the request in an engine of its own, without caches, on one thread.</summary>
    private static List<int> Alone(GenerationRequest request, int count)
    {
        EngineOptions options = Options with { PrefixCache = false, ImageCacheBytes = 0, Threads = 1, PrefillTokensPerStep = 512 };
        InferenceEngine engine = Open("vision-k25", options);
        try
        {
            return ServingHarness.CollectAsync(engine.Submit(request with { MaxNewTokens = count })).GetAwaiter().GetResult().Tokens;
        }
        finally
        {
            engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Some words, a picture (or none), some more words.</summary>
    private static GenerationRequest Request(ImageInput? image, int[]? words = null)
    {
        int[] before = words ?? [6, 7, 8];
        int tokens = image is null ? 0 : image.Rows / 2 * (image.Columns / 2);
        return new GenerationRequest
        {
            RequestId = "r",
            TenantId = "t",
            PromptIds = (int[])[.. before, .. Enumerable.Repeat(VisionGolden.PadId, tokens), 10, 11, 12],
            Media = image is null ? [] : [new MediaSpan(before.Length, tokens, image)],
            MaxNewTokens = 12,
            Sampling = new SamplingParams { Temperature = 0 },
        };
    }
}
