namespace Baltoro.Platform.Idempotency;

/// <summary>A wish to run a request under an idempotency key.</summary>
/// <param name="Id">Hash of scope and key; the key itself is not stored.</param>
/// <param name="Scope">Whose key: organization and API key.</param>
/// <param name="Fingerprint">Hash of what the request asks.</param>
/// <param name="Owner">Unique per attempt.</param>
/// <param name="NowMs">Unix milliseconds.</param>
/// <param name="LeaseUntilMs">Until when the attempt holds the key unless renewed.</param>
/// <param name="ExpiredMs">A key taken at or before this moment is as good as new.</param>
public sealed record KeyClaim(
    ReadOnlyMemory<byte> Id, string Scope, ReadOnlyMemory<byte> Fingerprint, string Owner, long NowMs, long LeaseUntilMs, long ExpiredMs);
