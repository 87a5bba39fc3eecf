namespace Baltoro.Protocol.Chat;

/// <summary>Token counts; the flat <see cref="CachedTokens"/> is the platform's, the details are OpenAI's.</summary>
public sealed record UsageBlock
{
    public required int PromptTokens { get; init; }

    /// <summary>Thinking included.</summary>
    public required int CompletionTokens { get; init; }

    public required int TotalTokens { get; init; }

    /// <summary>Prompt tokens taken from the cache; absent when none.</summary>
    public int? CachedTokens { get; init; }

    public PromptTokensDetails? PromptTokensDetails { get; init; }

    public CompletionTokensDetails? CompletionTokensDetails { get; init; }

    /// <summary>Id of the signed receipt; absent on a server that writes none.</summary>
    public string? Receipt { get; init; }

    /// <summary>Builds the block; a cache share of zero is left out.</summary>
    public static UsageBlock Of(int promptTokens, int cachedTokens, int completionTokens, int reasoningTokens) => new()
    {
        PromptTokens = promptTokens,
        CompletionTokens = completionTokens,
        TotalTokens = checked(promptTokens + completionTokens),
        CachedTokens = cachedTokens > 0 ? cachedTokens : null,
        PromptTokensDetails = cachedTokens > 0 ? new PromptTokensDetails(cachedTokens) : null,
        CompletionTokensDetails = new CompletionTokensDetails(reasoningTokens),
    };
}
