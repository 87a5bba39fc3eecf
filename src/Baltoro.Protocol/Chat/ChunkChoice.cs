using System.Text.Json.Serialization;

namespace Baltoro.Protocol.Chat;

/// <summary>A piece of one answer.</summary>
public sealed record ChunkChoice
{
    public required int Index { get; init; }

    public required ChunkDelta Delta { get; init; }

    public LogprobBlock? Logprobs { get; init; }

    /// <summary>Null until the answer is complete; the member is always written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }

    /// <summary>The platform's second place for usage: on the last choice chunk of the stream.</summary>
    public UsageBlock? Usage { get; init; }
}
