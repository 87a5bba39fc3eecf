namespace Baltoro.Protocol.Chat;

/// <summary>Name (first piece only) and JSON text of the arguments.</summary>
public sealed record FunctionBlock(string? Name, string Arguments);
