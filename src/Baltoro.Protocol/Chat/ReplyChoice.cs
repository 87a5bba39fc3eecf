namespace Baltoro.Protocol.Chat;

/// <summary>One answer.</summary>
public sealed record ReplyChoice
{
    public required int Index { get; init; }

    public required ReplyMessage Message { get; init; }

    /// <summary>Present when the request asked for log probabilities.</summary>
    public LogprobBlock? Logprobs { get; init; }

    public required string FinishReason { get; init; }
}
