namespace Baltoro.Platform.Ports;

/// <summary>Shared counters cannot be reached; the request is answered 503 and nothing was charged.</summary>
public sealed class SharedLimitsUnavailableException(string message, Exception inner) : Exception(message, inner);
