using System.Text.Json;

namespace Baltoro.Storage.Redis;

/// <summary>What acquire.lua answers. Empty Lua lists arrive as objects, so lists are read leniently.</summary>
internal sealed record RedisAnswer(string Code, string? Epoch, RedisRefusal? Refusal, JsonElement Uses, JsonElement Takes)
{
    /// <summary>Live counters per scope.</summary>
    public IReadOnlyList<RedisUse> ReadUses() => Uses.ValueKind != JsonValueKind.Array ? [] :
    [
        .. Uses.EnumerateArray().Select(use => new RedisUse(
            use.GetProperty("scope").GetString() ?? "", Number(use, "run"), Number(use, "requests"), Number(use, "tokens"),
            Number(use, "daytok"), Number(use, "windowReset"), Number(use, "dayReset"))),
    ];

    /// <summary>Scope and slot of each counter taken.</summary>
    public IReadOnlyList<(string Scope, long SlotMs)> ReadTakes() => Takes.ValueKind != JsonValueKind.Array ? [] :
    [
        .. Takes.EnumerateArray().Select(take => (
            take[0].GetString() ?? "", long.Parse(take[1].GetString() ?? "0", System.Globalization.CultureInfo.InvariantCulture))),
    ];

    private static long Number(JsonElement use, string name) => (long)use.GetProperty(name).GetDouble();
}
