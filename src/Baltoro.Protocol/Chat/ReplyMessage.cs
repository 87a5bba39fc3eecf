using System.Text.Json.Serialization;

namespace Baltoro.Protocol.Chat;

/// <summary>The assistant's message; <see cref="Content"/> is a string even when it is empty.</summary>
public sealed record ReplyMessage
{
    public string Role { get; init; } = "assistant";

    public required string Content { get; init; }

    /// <summary>Present when the request thinks; empty when nothing was thought.</summary>
    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ToolCallBlock>? ToolCalls { get; init; }

    /// <summary>The call in the old shape, for a request that sent <c>functions</c>.</summary>
    public FunctionBlock? FunctionCall { get; init; }

    /// <summary>Always null: this server has no refusals of its own; some clients require the member.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal => null;
}
