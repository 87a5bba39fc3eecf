using System.Threading.Channels;
using Baltoro.Engine;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Embedded;

/// <summary>Reads one generation through its parser and writes its events, in order, to the request's channel.</summary>
internal sealed class ChoiceReader(KimiTokenizer tokenizer, OutputParser parser, ITokenStream stream, ChatRequest request, IReadOnlyList<int> promptIds)
{
    private readonly List<ChatEvent> _events = [];
    private bool _reportsPrompt = request.ReportPrompt;

    /// <summary>Tokens generated, up to the one that ended the answer or to the cancel.</summary>
    public int CompletionTokens => parser.CompletionTokens;

    public int ReasoningTokens => parser.ReasoningTokens;

    /// <summary>Prompt tokens taken from the cache; known when the generation has ended.</summary>
    public int CachedTokens { get; private set; }

    public void Cancel() => stream.Cancel();

    /// <summary>
    /// Runs to the end of the generation. A choice the caller cancelled writes no finish; one that failed, or that the
    /// engine gave up while shutting down, writes a fault.
    /// </summary>
    public async Task RunAsync(ChannelWriter<ChatEvent> writer, CancellationToken cancellationToken)
    {
        bool isComplete = false;
        await foreach (TokenEvent token in stream.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_reportsPrompt && token.Finish is null)
            {
                _reportsPrompt = false;
                _events.Add(new ChatEvent.PromptTokens(parser.Choice, PromptTokens()));
            }

            if (token.Finish is { } finish)
            {
                CachedTokens = token.CachedTokens;
                End(finish, isComplete, isCancelled: cancellationToken.IsCancellationRequested, token.FaultMessage);
            }
            else if (!isComplete && parser.Push(token.TokenId, LogprobOf(token), _events))
            {
                // A stop text, or the stop id at which the engine ends by itself: what still comes is not output.
                isComplete = true;
                stream.Cancel();
            }

            if (request.ReportProgress && _events.Count > 0)
            {
                _events.Insert(0, new ChatEvent.Progress(parser.Choice, parser.CompletionTokens, parser.ReasoningTokens));
            }

            foreach (ChatEvent chatEvent in _events)
            {
                // Written also after a cancel: the consumer reads to the end, or drains the channel when it leaves.
                await writer.WriteAsync(chatEvent, CancellationToken.None).ConfigureAwait(false);
            }

            _events.Clear();
        }
    }

    private void End(FinishReason finish, bool isComplete, bool isCancelled, string? faultMessage)
    {
        switch (finish)
        {
            case FinishReason.StopToken:
                parser.Complete(budgetUsedUp: false, _events);
                break;
            case FinishReason.Length:
                parser.Complete(budgetUsedUp: !isComplete, _events);
                break;
            case FinishReason.Cancelled when isComplete:
                parser.Complete(budgetUsedUp: false, _events);
                break;
            case FinishReason.Cancelled when isCancelled:
                break;
            case FinishReason.Cancelled:
                _events.Add(new ChatEvent.Fault(ChatFaultKind.Unavailable, "the engine stopped before the answer was complete"));
                break;
            case FinishReason.Overdue:
                _events.Add(new ChatEvent.Fault(ChatFaultKind.Overloaded, "the engine is busy: the request waited for its start longer than the queue's deadline"));
                break;
            case FinishReason.Fault:
                _events.Add(new ChatEvent.Fault(ChatFaultKind.Internal, faultMessage ?? "the engine failed without a message"));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(finish), finish, "no such finish");
        }
    }

    private List<TokenLogprob> PromptTokens() =>
    [
        new(tokenizer.TokenBytes(promptIds[0]), double.NaN, []),
        .. stream.PromptLogprobs.Select(token => Describe(token.TokenId, token.Logprob, token.Top)),
    ];

    private TokenLogprob? LogprobOf(TokenEvent token) => request.TopLogprobs switch
    {
        null => null,
        { } count when token.Forced => DescribeForced(token.TokenId, count),
        _ => Describe(token.TokenId, token.Logprob, token.Top),
    };

    /// <summary>A token that had to come is its own only alternative.</summary>
    private TokenLogprob DescribeForced(int id, int count)
    {
        TokenLogprob itself = new(tokenizer.TokenBytes(id), 0, []);
        return itself with { Top = count > 0 ? [itself] : [], Forced = true };
    }

    private TokenLogprob Describe(int id, float logprob, TopLogprob[]? top) => new(
        tokenizer.TokenBytes(id), logprob, [.. (top ?? []).Select(t => new TokenLogprob(tokenizer.TokenBytes(t.TokenId), t.Logprob, []))]);
}
