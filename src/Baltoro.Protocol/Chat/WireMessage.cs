namespace Baltoro.Protocol.Chat;

/// <summary>One message as sent: types are checked, pairing and emptiness are not.</summary>
public sealed record WireMessage
{
    public required string Role { get; init; }

    public string? Name { get; init; }

    /// <summary>Parts in order; a plain string is one text part, null or absent content is none.</summary>
    public IReadOnlyList<WirePart> Content { get; init; } = [];

    /// <summary>Whether content was sent as an array.</summary>
    public bool IsPartArray { get; init; }

    public string? ReasoningContent { get; init; }

    public IReadOnlyList<WireToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call of the old form, without an id.</summary>
    public WireToolCall? FunctionCall { get; init; }

    public string? ToolCallId { get; init; }

    public bool Partial { get; init; }
}
