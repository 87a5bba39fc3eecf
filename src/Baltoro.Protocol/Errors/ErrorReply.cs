namespace Baltoro.Protocol.Errors;

/// <summary>The error envelope, also sent as the last event of a stream that failed.</summary>
public sealed record ErrorReply(ErrorBody Error);
