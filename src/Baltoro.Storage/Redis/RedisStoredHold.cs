namespace Baltoro.Storage.Redis;

/// <summary>A hold as it is stored.</summary>
internal sealed record RedisStoredHold(long Tokens, long Day, IReadOnlyList<string[]> Takes);
