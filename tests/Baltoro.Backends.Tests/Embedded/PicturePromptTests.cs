using Baltoro.Backends.Embedded;
using Baltoro.Backends.Tests.Support;
using Baltoro.Engine;
using Baltoro.Engine.Vision;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;
using Baltoro.Tests.Shared;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>Pictures on their way from a conversation to the engine.</summary>
public class PicturePromptTests
{
    private static readonly KimiTokenizer _tokenizer = TinyTokenizer.Get();

    private static readonly VisionFacts _tower = new() { TakesVideo = true, PatchSize = 14, MergeSize = 2, SideLimit = 512, FrameLimit = 4 };

    [Fact]
    public async Task Stream_TwoPicturesAndOneInTheHistory_ReachTheEngineAtTheirPads()
    {
        FakeTokenSource source = Source();
        await using EmbeddedBackend backend = Backend(source);
        ChatRequest request = Chat.Request(
            false,
            User(Picture(PictureMaker.Png(100, 100, 0xFF0000)), new ContentPart.Text("What?")),
            ChatMessage.FromText(ChatRole.Assistant, "Red."),
            User(new ContentPart.Text("And"), Picture(PictureMaker.Png(28, 56, 0x00FF00)), Picture(PictureMaker.Png(1, 1, 0x0000FF))));
        PromptQuote quote = await backend.QuoteAsync(request, CancellationToken.None);
        List<ChatEvent> events = await Collect(backend, request);
        GenerationRequest sent = Assert.Single(source.Requests);
        Assert.Equal([16, 2, 1], sent.Media.Select(span => span.TokenCount));
        Assert.Equal([(1, 8, 8), (1, 4, 2), (1, 2, 2)], sent.Media.Select(span => (span.Image.Frames, span.Image.Rows, span.Image.Columns)));
        SpecialTokens special = _tokenizer.Special;
        int[] ids = sent.PromptIds.ToArray();
        Assert.Equal(19, ids.Count(id => id == special.MediaPad));
        foreach (MediaSpan span in sent.Media)
        {
            Assert.Equal([special.MediaContent, special.MediaPad], ids[(span.Position - 1)..(span.Position + 1)]);
            Assert.Equal([special.MediaPad, special.MediaEnd, '\n'], ids[(span.End - 1)..(span.End + 2)]);
        }

        Assert.Equal(ids.Length, quote.PromptTokens);
        Assert.Equal(ids.Length, events.OfType<ChatEvent.Usage>().Single().Counts.PromptTokens);
        Assert.Equal(1f, sent.Media[0].Image.Patches.Span[0], 3);
        Assert.Equal(-1f, sent.Media[1].Image.Patches.Span[0], 3);
    }

    [Fact]
    public async Task Stream_PictureInAToolResult_ReachesTheEngine()
    {
        FakeTokenSource source = Source();
        await using EmbeddedBackend backend = Backend(source);
        await Collect(backend, Chat.Request(
            false,
            ChatMessage.FromText(ChatRole.User, "Look"),
            new ChatMessage { Role = ChatRole.Assistant, ToolCalls = [new ToolCall("look:0", "look", "{}")] },
            new ChatMessage { Role = ChatRole.Tool, ToolCallId = "look:0", Content = [Picture(PictureMaker.Png(56, 56))] }));
        Assert.Equal(4, Assert.Single(Assert.Single(source.Requests).Media).TokenCount);
    }

    [Fact]
    public async Task Stream_AnimatedGif_BecomesChunksWithTheirTimes()
    {
        FakeTokenSource source = Source();
        await using EmbeddedBackend backend = Backend(source);
        ContentPart.Video film = new(Pictures.Animation(PictureMaker.Gif(56, 28, 50, 0x110000, 0x220000, 0x330000, 0x440000, 0x550000)));
        ChatRequest request = Chat.Request(false, User(film));
        await Collect(backend, request);
        Assert.Equal([(4, 2), (1, 2)], Assert.Single(source.Requests).Media.Select(span => (span.Image.Frames, span.TokenCount)));
        string text = backend.Render(request).ToText(_tokenizer);
        Assert.Contains(
            "00:00:00.000<|media_begin|>video<|media_content|><|media_pad|><|media_pad|><|media_end|>00:00:02.000<|media_begin|>video",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quote_FramesOfTwoSizes_AreRefusedByName()
    {
        await using EmbeddedBackend backend = Backend(Source());
        EncodedVideo film = EncodedVideo.FromFrames(
            [new EncodedImage(PictureMaker.Png(4, 4), new ImageHeader(ImageFormat.Png, 4, 4), "f[0]"), new EncodedImage(PictureMaker.Png(5, 4), new ImageHeader(ImageFormat.Png, 5, 4), "f[1]")], 2);
        PromptQuote quote = await backend.QuoteAsync(Chat.Request(false, User(new ContentPart.Video(film))), CancellationToken.None);
        Assert.Equal("f[1]", quote.Field);
    }

    [Fact]
    public async Task Quote_TruncatedPicture_IsRefusedByName()
    {
        await using EmbeddedBackend backend = Backend(Source());
        byte[] file = PictureMaker.Png(64, 64, (x, y) => x * y);
        ChatRequest request = Chat.Request(false, User(Picture(file[..^200])));
        PromptQuote quote = await backend.QuoteAsync(request, CancellationToken.None);
        Assert.Equal(Pictures.Field, quote.Field);
        Assert.Contains("truncated or damaged", quote.Refusal, StringComparison.Ordinal);
        ChatEvent.Fault fault = Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, request)));
        Assert.Equal((ChatFaultKind.InvalidRequest, Pictures.Field), (fault.Kind, fault.Field));
    }

    [Fact]
    public async Task Quote_PromptOverTheWindow_IsCountedWithoutDecoding()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => []) { Vision = _tower, ContextWindow = 100 });
        byte[] file = PictureMaker.Png(1024, 1024);
        PromptQuote quote = await backend.QuoteAsync(Chat.Request(false, User(Picture(file[..60]))), CancellationToken.None);
        Assert.Null(quote.Refusal);
        Assert.True(quote.PromptTokens > 1_369, $"{quote.PromptTokens}");
    }

    [Fact]
    public async Task Quote_MorePatchesThanAreHeld_IsRefused()
    {
        await using EmbeddedBackend backend = Backend(Source(), maxMediaBytes: 1_000);
        PromptQuote quote = await backend.QuoteAsync(Chat.Request(false, User(Picture(PictureMaker.Png(28, 28)))), CancellationToken.None);
        Assert.Equal(("messages", "the pictures of the request take 9408 bytes as patches; at most 1000 are held"), (quote.Field, quote.Refusal));
    }

    [Fact]
    public async Task Stream_WhileOthersHoldTheMemory_IsOverloadedAndThenRunsAgain()
    {
        await using EmbeddedBackend backend = Backend(Source(), maxMediaBytes: 10_000);
        ChatRequest request = Chat.Request(false, User(Picture(PictureMaker.Png(28, 28))));
        await using (IAsyncEnumerator<ChatEvent> running = backend.StreamAsync(request, CancellationToken.None).GetAsyncEnumerator())
        {
            Assert.True(await running.MoveNextAsync());
            ChatEvent.Fault fault = Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, request)));
            Assert.Equal(ChatFaultKind.Overloaded, fault.Kind);
        }

        Assert.IsType<ChatEvent.Usage>((await Collect(backend, request))[^1]);
    }

    [Fact]
    public async Task Stream_CancelledBeforeItsPicturesAreDecoded_EndsWithUsage()
    {
        FakeTokenSource source = Source();
        await using EmbeddedBackend backend = Backend(source);
        ChatRequest request = Chat.Request(false, User(Picture(PictureMaker.Png(28, 28))));
        using CancellationTokenSource cancel = new();
        await cancel.CancelAsync();
        List<ChatEvent> events = [];
        await foreach (ChatEvent next in backend.StreamAsync(request, cancel.Token))
        {
            events.Add(next);
        }

        Assert.IsType<ChatEvent.Usage>(Assert.Single(events));
        Assert.Empty(source.Requests);
    }

    [Fact]
    public async Task Quote_PictureForATextModel_IsRefusedByName()
    {
        await using EmbeddedBackend backend = new(new FakeTokenSource(_ => []), _tokenizer, new GenerationDefaults(), new PromptOptions());
        Assert.False(backend.TakesImages);
        PromptQuote quote = await backend.QuoteAsync(Chat.Request(false, User(Picture(PictureMaker.Png(4, 4)))), CancellationToken.None);
        Assert.Equal((Pictures.Field, $"{Pictures.Field}: this model does not take images"), (quote.Field, quote.Refusal));
    }

    private static FakeTokenSource Source() => new(_ => ['o', 'k', _tokenizer.Special.ImEnd]) { Vision = _tower };

    private static EmbeddedBackend Backend(FakeTokenSource source, long maxMediaBytes = 1 << 30) =>
        new(source, _tokenizer, new GenerationDefaults(), new PromptOptions(), new VisionSettings(), maxMediaBytes);

    private static ContentPart.Image Picture(byte[] file) => new(Pictures.Image(file));

    private static ChatMessage User(params ContentPart[] parts) => new() { Role = ChatRole.User, Content = parts };

    private static async Task<List<ChatEvent>> Collect(EmbeddedBackend backend, ChatRequest request)
    {
        List<ChatEvent> events = [];
        await foreach (ChatEvent next in backend.StreamAsync(request, CancellationToken.None))
        {
            events.Add(next);
        }

        return events;
    }
}
