namespace Baltoro.Platform.Idempotency;

/// <summary>The right to run a request under an idempotency key.</summary>
/// <param name="RunId">The same over all attempts, also after a crash: charges made under it happen once.</param>
public sealed record ResponseTicket(ReadOnlyMemory<byte> Id, string Scope, string Key, string Owner, string RunId);
