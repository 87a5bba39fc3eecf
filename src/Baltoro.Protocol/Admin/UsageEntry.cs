namespace Baltoro.Protocol.Admin;

/// <summary>Use of one group in a month, in tokens and nano-dollars.</summary>
public sealed record UsageEntry
{
    public required string Group { get; init; }

    public required long Requests { get; init; }

    public required long PromptTokens { get; init; }

    public required long CachedTokens { get; init; }

    public required long CompletionTokens { get; init; }

    public required long Images { get; init; }

    public required long Calls { get; init; }

    public required long ListNanoUsd { get; init; }

    public required long ChargedNanoUsd { get; init; }
}
