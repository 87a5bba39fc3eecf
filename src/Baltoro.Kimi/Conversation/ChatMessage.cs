namespace Baltoro.Kimi.Conversation;

/// <summary>One message of the conversation, independent of any wire protocol.</summary>
public sealed record ChatMessage
{
    public required ChatRole Role { get; init; }

    /// <summary>Optional speaker name; takes the place of the role name in the prompt frame (spec 6.1).</summary>
    public string? Name { get; init; }

    /// <summary>Body parts in order; empty when an assistant message carries only tool calls.</summary>
    public IReadOnlyList<ContentPart> Content { get; init; } = [];

    /// <summary>Thinking text of an assistant message, or null when the client did not send it.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Calls of an assistant message.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>For a tool message: the id of the call it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>True on a last assistant message that the model is to continue (partial mode).</summary>
    public bool Partial { get; init; }

    public static ChatMessage FromText(ChatRole role, string text) =>
        new() { Role = role, Content = [new ContentPart.Text(text)] };
}
