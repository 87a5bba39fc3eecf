namespace Baltoro.Storage.Redis;

/// <summary>What acquire.lua is asked. <paramref name="Now"/> 0 means the server's time.</summary>
internal sealed record RedisAsk(
    string Prefix, string Id, long Now, long Tokens, long Lease, bool Peek, IReadOnlyList<RedisAskScope> Scopes);
