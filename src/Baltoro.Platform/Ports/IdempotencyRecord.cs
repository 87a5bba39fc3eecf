namespace Baltoro.Platform.Ports;

/// <summary>That an operation was done: its key, what it was asked, and the ledger entry it wrote.</summary>
public sealed record IdempotencyRecord(string Key, string Fingerprint, long Sequence, long AtMs);
