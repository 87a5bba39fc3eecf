namespace Baltoro.Protocol.Chat;

/// <summary>A call in an assistant message of the history, as sent.</summary>
public sealed record WireToolCall(string Id, string Name, string Arguments);
