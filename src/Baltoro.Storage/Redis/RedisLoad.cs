namespace Baltoro.Storage.Redis;

/// <summary>Counters that load.lua writes.</summary>
internal sealed record RedisLoad(
    IReadOnlyList<string> Forget, IReadOnlyList<RedisLoadScope> Scopes, IReadOnlyList<RedisLoadHold> Holds);
