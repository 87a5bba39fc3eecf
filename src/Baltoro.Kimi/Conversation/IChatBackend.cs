namespace Baltoro.Kimi.Conversation;

/// <summary>
/// Something that answers a conversation: the embedded engine or an upstream pool. Implementations are safe for
/// concurrent use by many requests.
/// </summary>
public interface IChatBackend : IAsyncDisposable
{
    /// <summary>Shown to users, for example <c>kimi-nano (embedded)</c>.</summary>
    string Name { get; }

    /// <summary>Tokens of input and output together that the backend can really hold.</summary>
    int ContextWindow { get; }

    /// <summary>Length the weights were trained on, or null when unknown.</summary>
    int? TrainedContext { get; }

    /// <summary>Whether messages may hold pictures.</summary>
    bool TakesImages => false;

    /// <summary>Whether messages may hold films.</summary>
    bool TakesVideo => false;

    /// <summary>Whether requests can be answered now.</summary>
    bool IsReady { get; }

    /// <summary>Exact prompt size of <paramref name="request"/>, or why it cannot run.</summary>
    ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Runs the request. Cancelling stops generation within one step; the stream then still yields one
    /// <see cref="ChatEvent.Usage"/> with what was generated up to the cancel (so it can be settled) and ends without
    /// a <see cref="ChatEvent.Finish"/> for the choices that were cut. It never throws for a cancel.
    /// </summary>
    IAsyncEnumerable<ChatEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken);
}
