namespace Baltoro.Kimi.Conversation;

/// <summary>A call the assistant made, as it stands in the history.</summary>
/// <param name="Id">Id as the client sent it; the prompt renderer rewrites it to <c>functions.name:idx</c>.</param>
/// <param name="Name">Function name.</param>
/// <param name="Arguments">Arguments as a JSON text, copied into the prompt unchanged.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);
