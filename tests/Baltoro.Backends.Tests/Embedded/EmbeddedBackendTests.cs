using Baltoro.Backends.Embedded;
using Baltoro.Backends.Tests.Support;
using Baltoro.Engine;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Tests.Embedded;

public class EmbeddedBackendTests
{
    private static readonly KimiTokenizer _tokenizer = TinyTokenizer.Get();

    [Fact]
    public async Task Stream_ThoughtAndAnswer_GivesDeltasFinishAndUsage()
    {
        ChatRequest request = Chat.Request(true, Chat.User("Hi"));
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => [.. Ids("hm"), _tokenizer.Special.ThinkEnd, .. Ids("yes"), _tokenizer.Special.ImEnd]));
        List<ChatEvent> events = await Collect(backend, request);
        Assert.Equal("hm", string.Concat(events.OfType<ChatEvent.ReasoningDelta>().Select(d => d.Text)));
        Assert.Equal("yes", string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
        int prompt = (await backend.QuoteAsync(request, CancellationToken.None)).PromptTokens;
        Assert.Equal(
            [new ChatEvent.Finish(0, ChatFinishReason.Stop), new ChatEvent.Usage(new ChatUsage(prompt, 4, 7, 2))],
            events.TakeLast(2));
    }

    [Fact]
    public async Task Stream_Request_ReachesTheEngineResolved()
    {
        FakeTokenSource source = new(_ => Ids("a"));
        GenerationDefaults defaults = new() { Temperature = 0.25f, TopP = 0.75f, TopK = 5 };
        ChatRequest request = Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 7, Sampling = new SamplingSettings { TopP = 0.5, Seed = -1, LogitBias = new Dictionary<int, double> { [3] = 2 } } };
        await using EmbeddedBackend backend = Backend(source, defaults);
        await Collect(backend, request);
        GenerationRequest sent = Assert.Single(source.Requests);
        Assert.Equal(backend.Render(request).Ids, sent.PromptIds.ToArray());
        Assert.Equal((request.RequestId, request.TenantId, 7), (sent.RequestId, sent.TenantId, sent.MaxNewTokens));
        Assert.Equal((0.25f, 0.5f, 5, ulong.MaxValue), (sent.Sampling.Temperature, sent.Sampling.TopP, sent.Sampling.TopK, sent.Sampling.Seed));
        Assert.Equal(2f, sent.Sampling.LogitBias[3]);
        Assert.Equal(_tokenizer.Special.StopIds, sent.StopIds);
    }

    [Fact]
    public async Task Stream_SettingsTooSmallForFloat_StayAboveZero()
    {
        FakeTokenSource source = new(_ => Ids("a"));
        await using EmbeddedBackend backend = Backend(source);
        SamplingSettings tiny = new() { TopP = 1e-300, RepetitionPenalty = 1e-300 };
        await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { Sampling = tiny });
        SamplingParams sent = Assert.Single(source.Requests).Sampling;
        Assert.True(sent.TopP > 0 && sent.RepetitionPenalty > 0, $"{sent.TopP} {sent.RepetitionPenalty}");
    }

    [Fact]
    public async Task Stream_BiasOutsideTheVocabulary_IsAFaultThatNamesTheField()
    {
        FakeTokenSource source = new(_ => Ids("a")) { VocabularySize = 534 };
        await using EmbeddedBackend backend = Backend(source);
        SamplingSettings biased = new() { LogitBias = new Dictionary<int, double> { [533] = 1, [534] = 1 } };
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { Sampling = biased });
        Assert.Equal(
            [new ChatEvent.Fault(ChatFaultKind.InvalidRequest, "logit_bias.534 must be named by a token id from 0 to 533", "logit_bias.534")],
            events);
        Assert.Empty(source.Requests);
    }

    [Fact]
    public async Task Stream_NoSeed_DrawsAFreshOne()
    {
        FakeTokenSource source = new(_ => Ids("a"));
        await using EmbeddedBackend backend = Backend(source);
        await Collect(backend, Chat.Request(false, Chat.User("Hi")));
        await Collect(backend, Chat.Request(false, Chat.User("Hi")));
        Assert.Equal(2, source.Requests.Select(r => r.Sampling.Seed).Distinct().Count());
    }

    [Fact]
    public async Task Stream_SeveralChoices_RunWithTheirOwnSeedsAndCountThePromptOnce()
    {
        FakeTokenSource source = new(index => [.. Ids(new string((char)('a' + index), 3)), _tokenizer.Special.ImEnd]);
        ChatRequest request = Chat.Request(false, Chat.User("Hi")) with { ChoiceCount = 3, Sampling = new SamplingSettings { Seed = 10 } };
        await using EmbeddedBackend backend = Backend(source);
        List<ChatEvent> events = await Collect(backend, request);
        for (int choice = 0; choice < 3; choice++)
        {
            Assert.Equal(
                new string((char)('a' + choice), 3),
                string.Concat(events.OfType<ChatEvent.TextDelta>().Where(d => d.Choice == choice).Select(d => d.Text)));
        }

        Assert.Equal([0, 1, 2], events.OfType<ChatEvent.Finish>().Select(f => f.Choice).Order());
        Assert.Equal([10UL, 11UL, 12UL], source.Requests.Select(r => r.Sampling.Seed));
        Assert.Equal(3, source.Requests.Select(r => r.RequestId).Distinct().Count());
        ChatUsage usage = Assert.IsType<ChatEvent.Usage>(events[^1]).Counts;
        Assert.Equal((source.Requests.First().PromptIds.Length, source.Streams.Sum(s => s.Produced)), (usage.PromptTokens, usage.CompletionTokens));
    }

    [Fact]
    public async Task Stream_BudgetUsedUp_FinishesWithLength()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 5 });
        Assert.Equal(new ChatEvent.Finish(0, ChatFinishReason.Length), events[^2]);
        Assert.Equal(5, Assert.IsType<ChatEvent.Usage>(events[^1]).Counts.CompletionTokens);
    }

    [Fact]
    public async Task Stream_StopText_CancelsTheEngineAndFinishes()
    {
        FakeTokenSource source = new(_ => Ids("one STOP").Concat(Endless()));
        await using EmbeddedBackend backend = Backend(source);
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { Stop = ["STOP"] });
        Assert.Equal("one ", string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
        Assert.Equal(new ChatEvent.Finish(0, ChatFinishReason.Stop), events[^2]);
        Assert.Equal(Ids("one STOP").Length, Assert.IsType<ChatEvent.Usage>(events[^1]).Counts.CompletionTokens);
        Assert.Equal(FinishReason.Cancelled, Assert.Single(source.Streams).Ended);
    }

    [Fact]
    public async Task Stream_ToolCall_CountsOnFromTheConversation()
    {
        SpecialTokens special = _tokenizer.Special;
        FakeTokenSource source = new(_ =>
        [
            special.ToolSectionBegin, special.ToolCallBegin, .. Ids("functions.f:1"), special.ToolArgumentBegin, .. Ids("{}"), special.ToolCallEnd, special.ToolSectionEnd, special.ImEnd,
        ]);
        await using EmbeddedBackend backend = Backend(source);
        ChatRequest request = Chat.Request(true, Chat.User("Hi"), Chat.Calls("", new ToolCall("x", "f", "{}")), Chat.Result("x", "1"))
            with
        { Tools = [new ToolDefinition("f", null, null, false)] };
        List<ChatEvent> events = await Collect(backend, request);
        Assert.Contains(new ChatEvent.ToolCallStart(0, 0, "f:1", "f"), events);
        Assert.Contains(new ChatEvent.Finish(0, ChatFinishReason.ToolCalls), events);
    }

    [Fact]
    public async Task Stream_Logprobs_ComeWithTheText()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => [.. Ids("the"), _tokenizer.Special.ImEnd]));
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { TopLogprobs = 2 });
        TokenLogprob logprob = Assert.Single(events.OfType<ChatEvent.TextDelta>().SelectMany(d => d.Logprobs!));
        Assert.Equal("the"u8.ToArray(), logprob.Bytes.ToArray());
        Assert.Equal(["the", "z"], logprob.Top.Select(t => System.Text.Encoding.UTF8.GetString(t.Bytes.Span)));
        List<ChatEvent> without = await Collect(backend, Chat.Request(false, Chat.User("Hi")));
        Assert.All(without.OfType<ChatEvent.TextDelta>(), d => Assert.Null(d.Logprobs));
    }

    [Fact]
    public async Task Stream_CancelledWhileRunning_EndsWithUsageAndNoFinish()
    {
        FakeTokenSource source = new(_ => Endless());
        await using EmbeddedBackend backend = Backend(source);
        using CancellationTokenSource cancel = new();
        List<ChatEvent> events = [];
        await foreach (ChatEvent e in backend.StreamAsync(Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 900, ChoiceCount = 2 }, cancel.Token))
        {
            events.Add(e);
            if (events.Count == 5)
            {
                await cancel.CancelAsync();
            }
        }

        Assert.Empty(events.OfType<ChatEvent.Finish>());
        ChatUsage usage = Assert.IsType<ChatEvent.Usage>(events[^1]).Counts;
        Assert.Equal(source.Streams.Sum(s => s.Produced), usage.CompletionTokens);
        Assert.True(usage.CompletionTokens < 1_800, $"{usage.CompletionTokens} tokens");
        Assert.All(source.Streams, s => Assert.Equal(FinishReason.Cancelled, s.Ended));
    }

    [Fact]
    public async Task Stream_CancelledBeforeTheStart_EndsWithUsage()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")), new CancellationToken(canceled: true));
        Assert.Equal(0, Assert.IsType<ChatEvent.Usage>(Assert.Single(events)).Counts.CompletionTokens);
    }

    [Fact]
    public async Task Stream_ConsumerLeaves_EndsTheGenerations()
    {
        FakeTokenSource source = new(_ => Endless());
        await using EmbeddedBackend backend = Backend(source);
        await foreach (ChatEvent e in backend.StreamAsync(Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 900, ChoiceCount = 3 }, CancellationToken.None))
        {
            break;
        }

        Assert.All(source.Streams, s => Assert.NotNull(s.Ended));
    }

    [Fact]
    public async Task Stream_EngineFault_EndsTheStreamWithAFault()
    {
        FakeTokenSource source = new(_ => Endless()) { FaultAfter = 3 };
        await using EmbeddedBackend backend = Backend(source);
        List<ChatEvent> events = await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { ChoiceCount = 2 });
        Assert.Equal(new ChatEvent.Fault(ChatFaultKind.Internal, "a kernel failed"), events[^1]);
        Assert.Single(events.OfType<ChatEvent.Fault>());
        Assert.Empty(events.OfType<ChatEvent.Usage>());
    }

    [Fact]
    public async Task Stream_QueueFull_IsOverloadedAndCancelsWhatWasAccepted()
    {
        FakeTokenSource source = new(_ => Endless()) { Capacity = 1 };
        await using EmbeddedBackend backend = Backend(source);
        ChatEvent only = Assert.Single(await Collect(backend, Chat.Request(false, Chat.User("Hi")) with { ChoiceCount = 2 }));
        Assert.Equal(ChatFaultKind.Overloaded, Assert.IsType<ChatEvent.Fault>(only).Kind);
        Assert.True(Assert.Single(source.Streams).IsCancelled);
    }

    [Theory]
    [InlineData(990, "990")]
    [InlineData(1_000, "1000")]
    public async Task Stream_PromptAndBudgetOverTheWindow_NamesBothNumbers(int budget, string found)
    {
        FakeTokenSource source = new(_ => Endless());
        await using EmbeddedBackend backend = Backend(source);
        ChatRequest request = Chat.Request(false, Chat.User("Hello there, world")) with { MaxCompletionTokens = budget };
        ChatEvent.Fault fault = Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, request)));
        Assert.Equal(ChatFaultKind.ContextLength, fault.Kind);
        Assert.Contains(found, fault.Message);
        Assert.Contains("1000", fault.Message);
        Assert.Empty(source.Requests);
    }

    [Fact]
    public async Task Stream_PromptOverTheWindow_IsContextLength()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        ChatRequest request = Chat.Request(false, Chat.User(new string('#', 2_000))) with { MaxCompletionTokens = 1 };
        Assert.Equal(ChatFaultKind.ContextLength, Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, request))).Kind);
    }

    [Fact]
    public async Task Stream_RefusedByTheEngine_IsInvalidRequest()
    {
        await using EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        ChatRequest request = Chat.Request(false, Chat.User("Hi")) with { Sampling = new SamplingSettings { Temperature = 3 } };
        ChatEvent.Fault fault = Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, request)));
        Assert.Equal(ChatFaultKind.InvalidRequest, fault.Kind);
        Assert.Contains("allowed is 0 to 2", fault.Message);
    }

    [Fact]
    public async Task Stream_AfterDispose_IsUnavailable()
    {
        EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        Assert.True(backend.IsReady);
        await backend.DisposeAsync();
        Assert.False(backend.IsReady);
        Assert.Equal(ChatFaultKind.Unavailable, Assert.IsType<ChatEvent.Fault>(Assert.Single(await Collect(backend, Chat.Request(false, Chat.User("Hi"))))).Kind);
    }

    [Fact]
    public async Task Stream_DisposedWhileRunning_EndsWithAFault()
    {
        EmbeddedBackend backend = Backend(new FakeTokenSource(_ => Endless()));
        List<ChatEvent> events = [];
        await foreach (ChatEvent e in backend.StreamAsync(Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 900 }, CancellationToken.None))
        {
            events.Add(e);
            await backend.DisposeAsync();
        }

        Assert.Equal(ChatFaultKind.Unavailable, Assert.IsType<ChatEvent.Fault>(events[^1]).Kind);
    }

    private static EmbeddedBackend Backend(FakeTokenSource source, GenerationDefaults? defaults = null) =>
        new(source, _tokenizer, defaults ?? new GenerationDefaults(), new PromptOptions());

    private static int[] Ids(string text) => _tokenizer.Encode(text);

    private static IEnumerable<int> Endless()
    {
        while (true)
        {
            yield return 'e';
        }
    }

    private static async Task<List<ChatEvent>> Collect(EmbeddedBackend backend, ChatRequest request, CancellationToken cancellationToken = default)
    {
        List<ChatEvent> events = [];
        await foreach (ChatEvent e in backend.StreamAsync(request, cancellationToken))
        {
            events.Add(e);
        }

        return events;
    }
}
