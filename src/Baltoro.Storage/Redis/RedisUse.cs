namespace Baltoro.Storage.Redis;

/// <summary>Live counters of a scope.</summary>
internal sealed record RedisUse(string Scope, long Running, long Requests, long Tokens, long DayTokens, long WindowResetMs, long DayResetMs);
