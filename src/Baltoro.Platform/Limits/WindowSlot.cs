namespace Baltoro.Platform.Limits;

/// <summary>Requests and tokens admitted at one moment of the sliding minute.</summary>
public readonly record struct WindowSlot(long AtMs, long Requests, long Tokens);
