namespace Baltoro.Storage.Redis;

/// <summary>One running request.</summary>
internal sealed record RedisLoadHold(string Id, string Value, long Lease);
