using System.Runtime.CompilerServices;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Bench.Platform;

/// <summary>Answers at once, so that only the server around it is measured.</summary>
internal sealed class InstantBackend : IChatBackend
{
    private const int PromptTokens = 12;

    public string Name => "instant";

    public int ContextWindow => 262_144;

    public int? TrainedContext => null;

    public bool IsReady => true;

    public ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(new PromptQuote(PromptTokens));

    public async IAsyncEnumerable<ChatEvent> StreamAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return new ChatEvent.TextDelta(0, "Hello.");
        yield return new ChatEvent.Finish(0, ChatFinishReason.Stop);
        yield return new ChatEvent.Usage(new ChatUsage(PromptTokens, 0, 2, 0));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
