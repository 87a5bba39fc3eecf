namespace Baltoro.Storage.Redis;

/// <summary>A scope and its limits; a missing one does not bind.</summary>
internal sealed record RedisAskScope(string Name, int? Concurrency, long? Rpm, long? Tpm, long? Tpd);
