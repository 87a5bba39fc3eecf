using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>The backend over the real engine and the embedded nano model.</summary>
public class EmbeddedEngineTests
{
    [Fact]
    public async Task Stream_NanoModel_AnswersTheSameForTheSameSeed()
    {
        Assert.SkipWhen(TestPaths.NanoModel is null, "models/kimi-nano is not here");
        EmbeddedOptions options = new() { Engine = new EngineOptions { Threads = 1, KvCacheBytes = 64 << 20 } };
        await using EmbeddedBackend backend = await EmbeddedBackend.OpenAsync(TestPaths.NanoModel!, options);
        ChatRequest request = Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 24, ChoiceCount = 2, Sampling = new SamplingSettings { Seed = 1 } };
        (string[] first, ChatUsage usage) = await Ask(backend, request);
        (string[] second, _) = await Ask(backend, request);
        Assert.Equal(first, second);
        Assert.Equal((await backend.QuoteAsync(request, CancellationToken.None)).PromptTokens, usage.PromptTokens);
        Assert.InRange(usage.CompletionTokens, 2, 48);
        TestContext.Current.TestOutputHelper?.WriteLine($"{backend.Name}, window {backend.ContextWindow}: {string.Join(" | ", first)}");
    }

    private static async Task<(string[] Texts, ChatUsage Usage)> Ask(EmbeddedBackend backend, ChatRequest request)
    {
        string[] texts = new string[request.ChoiceCount];
        Array.Fill(texts, "");
        int finishCount = 0;
        ChatUsage? usage = null;
        await foreach (ChatEvent e in backend.StreamAsync(request, CancellationToken.None))
        {
            Assert.Null(usage);
            switch (e)
            {
                case ChatEvent.TextDelta delta:
                    texts[delta.Choice] += delta.Text;
                    break;
                case ChatEvent.Finish:
                    finishCount++;
                    break;
                case ChatEvent.Usage counts:
                    usage = counts.Counts;
                    break;
                case ChatEvent.Fault fault:
                    Assert.Fail(fault.Message);
                    break;
            }
        }

        Assert.Equal(request.ChoiceCount, finishCount);
        return (texts, usage!.Value);
    }
}
