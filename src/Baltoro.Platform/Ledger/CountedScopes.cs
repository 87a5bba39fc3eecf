using System.Collections.Immutable;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Ledger;

/// <summary>Counters of every scope of an account as its reservations give them, pure. Budgets are money and stay as they are.</summary>
internal static class CountedScopes
{
    public static IReadOnlyList<Scope> Of(AccountView view, TokenReturn tokenReturn)
    {
        int today = UtcCalendar.DayOf(view.NowMs);
        ILookup<string, (Reservation Held, long SlotMs)> byScope = view.Counted
            .SelectMany(held => held.Takes.Select(take => (take.Scope, Held: held, take.SlotMs)))
            .ToLookup(taken => taken.Scope, taken => (taken.Held, taken.SlotMs), StringComparer.Ordinal);
        return
        [
            .. view.Scopes.Keys.Union(byScope.Select(scope => scope.Key), StringComparer.Ordinal).Select(name => view.ScopeOf(name) with
            {
                Running = byScope[name].Count(taken => taken.Held.State == ReservationState.Pending),
                Day = today,
                DayTokens = byScope[name].Where(taken => taken.Held.Day == today).Sum(taken => TokensOf(taken.Held, tokenReturn)),
                Slots = SlotsOf(byScope[name].Where(taken => taken.SlotMs > 0 && taken.SlotMs + Limiter.WindowMs > view.NowMs), tokenReturn),
            }),
        ];
    }

    /// <summary>What a reservation counts: all it took while it runs or where nothing is returned, else what it used.</summary>
    public static long TokensOf(Reservation held, TokenReturn tokenReturn) =>
        held.State == ReservationState.Pending || tokenReturn == TokenReturn.Nothing ? held.LimitTokens
        : held.State == ReservationState.Posted ? Math.Min(held.LimitTokens, held.Usage.TotalTokens)
        : 0;

    private static ImmutableArray<WindowSlot> SlotsOf(IEnumerable<(Reservation Held, long SlotMs)> taken, TokenReturn tokenReturn) =>
    [
        .. taken.GroupBy(take => take.SlotMs).OrderBy(slot => slot.Key).Select(slot => new WindowSlot(
            slot.Key, slot.Count(), slot.Sum(take => TokensOf(take.Held, tokenReturn)))),
    ];
}
