using System.Runtime.CompilerServices;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Gate;

/// <summary>
/// A backend that reads prompts and generates nothing: what <c>max_tokens</c> 0 asks for. The backend behind it makes at least one
/// token; that token is neither told nor counted.
/// </summary>
internal sealed class EchoBackend(IChatBackend inner) : IChatBackend
{
    public string Name => inner.Name;

    public int ContextWindow => inner.ContextWindow;

    public int? TrainedContext => inner.TrainedContext;

    public bool IsReady => inner.IsReady;

    public ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken) =>
        inner.QuoteAsync(request, cancellationToken);

    public async IAsyncEnumerable<ChatEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ChatEvent next in inner.StreamAsync(request with { MaxCompletionTokens = 1 }, cancellationToken).ConfigureAwait(false))
        {
            switch (next)
            {
                case ChatEvent.TextDelta:
                    break;
                case ChatEvent.Finish finish:
                    yield return finish with { Reason = ChatFinishReason.Length };
                    break;
                case ChatEvent.Usage usage:
                    yield return new ChatEvent.Usage(usage.Counts with { CompletionTokens = 0, ReasoningTokens = 0 });
                    break;
                default:
                    yield return next;
                    break;
            }
        }
    }

    /// <summary>The backend behind belongs to somebody else.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
