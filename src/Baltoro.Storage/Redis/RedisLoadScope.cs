namespace Baltoro.Storage.Redis;

/// <summary>One scope's counters.</summary>
internal sealed record RedisLoadScope(string Name, long Run, long Day, long Daytok, IReadOnlyList<RedisLoadSlot> Slots);
