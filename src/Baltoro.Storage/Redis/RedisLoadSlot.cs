namespace Baltoro.Storage.Redis;

/// <summary>One slot of the sliding minute, as <c>requests:tokens</c>.</summary>
internal sealed record RedisLoadSlot(string At, string Value);
