namespace Baltoro.Kimi.Cards;

/// <summary>How one model id answers and what it costs.</summary>
public sealed record ModelCard
{
    public required string Id { get; init; }

    public required CardProfile Profile { get; init; }

    /// <summary>Tokens of prompt and completion together.</summary>
    public required int ContextWindow { get; init; }

    /// <summary>Largest completion budget.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>Completion budget of a request that sends none.</summary>
    public required int DefaultOutputTokens { get; init; }

    public required ThinkingPolicy Thinking { get; init; }

    /// <summary>Price of a prompt token in billionths of a dollar: $1.40 per million tokens is 1400.</summary>
    public required long InputNanoUsdPerToken { get; init; }

    /// <summary>Price of a completion token in billionths of a dollar.</summary>
    public required long OutputNanoUsdPerToken { get; init; }

    public required string OwnedBy { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long CreatedUnixSeconds { get; init; }
}
