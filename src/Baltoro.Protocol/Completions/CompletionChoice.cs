using System.Text.Json.Serialization;

namespace Baltoro.Protocol.Completions;

/// <summary>One completion, or a piece of one. Choices count over all prompts: choice c of prompt p has index p·n + c.</summary>
public sealed record CompletionChoice
{
    public required int Index { get; init; }

    public required string Text { get; init; }

    /// <summary>Null when none were asked for; the member is always written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary>Null until the completion ends; the member is always written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}
