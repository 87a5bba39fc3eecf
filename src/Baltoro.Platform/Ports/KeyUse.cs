namespace Baltoro.Platform.Ports;

/// <summary>That a key was accepted at a moment.</summary>
public readonly record struct KeyUse(string KeyId, long AtMs);
