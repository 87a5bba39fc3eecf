using System.Globalization;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;

namespace Baltoro.Storage.Redis;

/// <summary>Builds the counters of an organization from its reservations.</summary>
internal static class RedisCounters
{
    private const long DayMs = 86_400_000;

    public static RedisLoad Of(IReadOnlyList<Reservation> counted, TokenReturn tokenReturn, long nowMs)
    {
        long today = nowMs / DayMs;
        ILookup<string, (Reservation Held, long SlotMs)> byScope = counted
            .SelectMany(held => held.Takes.Select(take => (take.Scope, Held: held, take.SlotMs)))
            .ToLookup(taken => taken.Scope, taken => (taken.Held, taken.SlotMs), StringComparer.Ordinal);
        return new RedisLoad(
            [],
            [
                .. byScope.Select(scope => new RedisLoadScope(
                    scope.Key,
                    scope.Count(taken => taken.Held.State == ReservationState.Pending),
                    today,
                    scope.Where(taken => taken.Held.AdmittedAtMs / DayMs == today).Sum(taken => Tokens(taken.Held, tokenReturn)),
                    [
                        .. scope.Where(taken => taken.SlotMs > 0 && taken.SlotMs + Limiter.WindowMs > nowMs).GroupBy(taken => taken.SlotMs).Select(slot =>
                            new RedisLoadSlot(
                                slot.Key.ToString(CultureInfo.InvariantCulture),
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{slot.Count()}:{slot.Sum(taken => Tokens(taken.Held, tokenReturn))}"))),
                    ])),
            ],
            [
                .. counted.Where(held => held.State == ReservationState.Pending).Select(held => new RedisLoadHold(
                    held.RequestId,
                    JsonSerializer.Serialize(
                        new RedisStoredHold(held.LimitTokens, held.AdmittedAtMs / DayMs, [.. held.Takes.Select(Take)]),
                        RedisMessages.Default.RedisStoredHold),
                    held.LeaseUntilMs)),
            ]);
    }

    private static string[] Take(ScopeTake take) => [take.Scope, take.SlotMs.ToString(CultureInfo.InvariantCulture)];

    private static long Tokens(Reservation held, TokenReturn tokenReturn) => CountedScopes.TokensOf(held, tokenReturn);
}
