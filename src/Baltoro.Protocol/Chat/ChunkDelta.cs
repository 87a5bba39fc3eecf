namespace Baltoro.Protocol.Chat;

/// <summary>What a chunk adds; at most one of reasoning, content and tool calls.</summary>
public sealed record ChunkDelta
{
    public string? Role { get; init; }

    public string? Content { get; init; }

    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ToolCallBlock>? ToolCalls { get; init; }

    /// <summary>The call in the old shape, for a request that sent <c>functions</c>.</summary>
    public FunctionBlock? FunctionCall { get; init; }
}
