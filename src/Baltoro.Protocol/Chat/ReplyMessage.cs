namespace Baltoro.Protocol.Chat;

/// <summary>The assistant's message; <see cref="Content"/> is a string even when it is empty.</summary>
public sealed record ReplyMessage
{
    public string Role { get; init; } = "assistant";

    public required string Content { get; init; }

    /// <summary>Present when the request thinks; empty when nothing was thought.</summary>
    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ToolCallBlock>? ToolCalls { get; init; }
}
