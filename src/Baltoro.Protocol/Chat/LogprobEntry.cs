namespace Baltoro.Protocol.Chat;

/// <summary>One token: text (a broken character shows as U+FFFD), natural logarithm, and the bytes that are the truth.</summary>
public sealed record LogprobEntry
{
    public required string Token { get; init; }

    public required double Logprob { get; init; }

    public required IReadOnlyList<int> Bytes { get; init; }

    /// <summary>Alternatives, best first; absent inside an alternative.</summary>
    public IReadOnlyList<LogprobEntry>? TopLogprobs { get; init; }

    /// <summary>True for a token that a format left no choice about; absent otherwise. Not a member of OpenAI's shape.</summary>
    public bool? Forced { get; init; }
}
