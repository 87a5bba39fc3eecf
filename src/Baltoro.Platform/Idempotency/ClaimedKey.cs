namespace Baltoro.Platform.Idempotency;

/// <summary>A key as it stands after a claim.</summary>
/// <param name="Owner">Attempt that holds it.</param>
/// <param name="RunId">Stays the same over all attempts of one request; what is charged is charged under it.</param>
/// <param name="Fingerprint">Hash of what the first request asked.</param>
/// <param name="Content">The kept answer, or null while there is none.</param>
public sealed record ClaimedKey(string Owner, string RunId, ReadOnlyMemory<byte> Fingerprint, ReadOnlyMemory<byte>? Content);
