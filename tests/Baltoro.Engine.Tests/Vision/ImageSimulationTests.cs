using Baltoro.Engine.Cache;
using Baltoro.Engine.Tests.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;
using CsCheck;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>
/// Random traffic of text and pictures with cancels over few pages and small caches: tokens equal those of a lone run, and nothing
/// is left behind. Method: <see cref="ChainRunner"/>, whose logits follow from every token and every image before.
/// </summary>
public class ImageSimulationTests
{
    private static readonly EngineOptions Lone = new() { PrefillTokensPerStep = 64, PrefixCache = false, ImageCacheBytes = 0 };

    [Fact]
    public void RandomTraffic_TextAndPictures_KeepsTokensAndPages() =>
        Gen.Int[0, 1_000_000].Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 2000 : 60, threads: 1);

    [Fact]
    public async Task ImageThatFails_EndsItsOwnRequestOnly()
    {
        ImageInput bad = ChainEncoder.Picture(20);
        ChainEncoder encoder = new() { Fails = image => image.Hash == bad.Hash };
        await using InferenceEngine engine = Create(100, Lone, encoder);
        GenerationRequest[] requests = [Request(1, [bad]), Request(2, [ChainEncoder.Picture(3), bad]), Request(3, [ChainEncoder.Picture(3)]), Request(4, [])];
        Task<(List<int> Tokens, TokenEvent End)>[] all = [.. requests.Select(request => ServingHarness.CollectAsync(engine.Submit(request)))];
        TokenEvent[] ends = [.. (await Task.WhenAll(all)).Select(result => result.End)];
        Assert.All(ends[..2], end => Assert.Contains("planned failure of an image", end.FaultMessage, StringComparison.Ordinal));
        Assert.All(ends[2..], end => Assert.NotEqual(FinishReason.Fault, end.Finish));
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Generation_WhileAPictureIsEncoded_GoesOn()
    {
        ImageInput large = ChainEncoder.Picture(20);
        ChainEncoder encoder = new() { Lasts = image => image.Hash == large.Hash };
        await using InferenceEngine engine = Create(100, Lone, encoder);
        Generation waiting = engine.Submit(Request(1, [large]));
        (List<int> words, _) = await ServingHarness.CollectAsync(engine.Submit(Request(2, []) with { MaxNewTokens = 30, StopIds = [] }));
        Assert.Equal(30, words.Count);
        Assert.Equal((0, 1), (engine.Stats.ImagesEncoded, engine.Stats.Waiting));
        waiting.Cancel();
        Assert.Equal(FinishReason.Cancelled, (await ServingHarness.CollectAsync(waiting)).End.Finish);
        (List<int> other, _) = await ServingHarness.CollectAsync(engine.Submit(Request(3, [ChainEncoder.Picture(3)])));
        Assert.NotEmpty(other);
        Assert.Equal(1, engine.Stats.ImagesEncoded);
    }

    [Fact]
    public async Task SmallPicture_WhileALargeOneIsEncoded_GoesBesideIt()
    {
        ImageInput large = ChainEncoder.Picture(34);
        ImageInput small = ChainEncoder.Picture(1);
        Assert.True(small.PatchCount * 4 <= large.PatchCount);
        ChainEncoder encoder = new() { Lasts = image => image.Hash == large.Hash, Beside = new ChainEncoder() };
        await using InferenceEngine engine = Create(100, Lone, encoder);
        Generation waiting = engine.Submit(Request(1, [large]));
        (List<int> words, _) = await ServingHarness.CollectAsync(engine.Submit(Request(2, [small, small]) with { TenantId = "other" }));
        Assert.NotEmpty(words);
        Assert.Equal((2, 1), (engine.Stats.ImagesEncoded, engine.Stats.Waiting));
        waiting.Cancel();
        Assert.Equal(FinishReason.Cancelled, (await ServingHarness.CollectAsync(waiting)).End.Finish);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task SmallPictureThatFailsBesideALargeOne_EndsItsOwnRequestOnly()
    {
        ImageInput large = ChainEncoder.Picture(34);
        bool isLasting = true;
        ChainEncoder encoder = new() { Lasts = _ => Volatile.Read(ref isLasting), Beside = new ChainEncoder { Fails = _ => true } };
        await using InferenceEngine engine = Create(100, Lone, encoder);
        Generation waiting = engine.Submit(Request(1, [large]));
        (_, TokenEvent end) = await ServingHarness.CollectAsync(engine.Submit(Request(2, [ChainEncoder.Picture(1)])));
        Assert.Contains("planned failure of an image", end.FaultMessage, StringComparison.Ordinal);
        Volatile.Write(ref isLasting, false);
        Assert.NotEmpty((await ServingHarness.CollectAsync(waiting)).Tokens);
        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    private static async Task RunAsync(int seed)
    {
        Random random = new(seed);
        EngineOptions options = new()
        {
            PrefillTokensPerStep = random.Next(1, 80),
            MaxRunning = random.Next(1, 6),
            MaxWaiting = 64,
            PrefixCache = random.Next(3) > 0,
            ImageCacheBytes = random.Next(3) * 60,
        };
        GenerationRequest[] requests = [.. Enumerable.Range(0, random.Next(2, 20)).Select(i => RandomRequest(random, i))];
        await using InferenceEngine engine = Create(random.Next(20, 60), options, new ChainEncoder { Beside = random.Next(2) == 0 ? new ChainEncoder() : null });
        Task<(List<int> Tokens, TokenEvent End)>[] all = new Task<(List<int>, TokenEvent)>[requests.Length];
        for (int i = 0; i < requests.Length; i++)
        {
            Generation generation = engine.Submit(requests[i]);
            all[i] = ServingHarness.CollectAsync(generation);
            if (random.Next(5) == 0)
            {
                generation.Cancel();
            }
        }

        await using InferenceEngine lone = Create(60, Lone, new ChainEncoder());
        for (int i = 0; i < requests.Length; i++)
        {
            (List<int> tokens, TokenEvent end) = await all[i];
            List<int> expected = (await ServingHarness.CollectAsync(lone.Submit(requests[i]))).Tokens;
            Assert.NotEqual(FinishReason.Fault, end.Finish);
            Assert.Equal(end.Finish == FinishReason.Cancelled ? expected[..tokens.Count] : expected, tokens);
        }

        await ServingHarness.AssertNothingLeftAsync(engine);
    }

    private static GenerationRequest RandomRequest(Random random, int index)
    {
        ImageInput[] images = [.. Enumerable.Range(0, random.Next(4)).Select(_ => ChainEncoder.Picture(random.Next(12)))];
        GenerationRequest request = Request(random.Next(6), images);
        return request with { RequestId = $"r{index}", TenantId = random.Next(3) == 0 ? "other" : "t", MaxNewTokens = random.Next(1, 40) };
    }

    /// <summary>Words by <paramref name="seed"/>, with the images between them.</summary>
    private static GenerationRequest Request(int seed, ImageInput[] images)
    {
        Random random = new(seed);
        List<int> ids = [];
        List<MediaSpan> media = [];
        foreach (ImageInput image in images)
        {
            ids.AddRange(Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(2, ServingHarness.Vocabulary)));
            media.Add(new MediaSpan(ids.Count, image.Rows * image.Columns, image));
            ids.AddRange(Enumerable.Repeat(1, image.Rows * image.Columns));
        }

        ids.AddRange(Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(2, ServingHarness.Vocabulary)));
        return ServingHarness.Request(seed, 1, 20) with { PromptIds = ids.ToArray(), Media = media };
    }

    private static InferenceEngine Create(int pages, EngineOptions options, ChainEncoder encoder)
    {
        ChainRunner runner = new(ServingHarness.Vocabulary, 4096) { Images = encoder };
        long pageBytes = LatentCache.PageBytes(1, ChainRunner.RowWidth);
        return new InferenceEngine(runner, 1, ChainRunner.RowWidth, options with { KvCacheBytes = pages * pageBytes });
    }
}
