namespace Baltoro.Protocol.Chat;

/// <summary>A tool call, whole or a piece of a streamed one: id, type and name are sent once, with the first piece.</summary>
public sealed record ToolCallBlock
{
    public required int Index { get; init; }

    public string? Id { get; init; }

    public string? Type { get; init; }

    public required FunctionBlock Function { get; init; }
}
