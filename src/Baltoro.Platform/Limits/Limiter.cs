using System.Collections.Immutable;
using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Limits;

/// <summary>
/// The rules of limits, pure. The minute is a sliding window: a request counts from its admission for exactly 60 s, so
/// no interval of 60 s ever holds more than the limit. Up to 200 requests per minute each has its own slot, to the
/// millisecond; above that, admissions within 250 ms share a slot that is dated at its end, so a busy scope may free up
/// to 250 ms late and never early. The day is the UTC calendar day. Concurrency counts open reservations.
/// </summary>
public static class Limiter
{
    /// <summary>Length of the sliding window.</summary>
    public const long WindowMs = 60_000;

    private const long FineLimit = 200;
    private const long CoarseSlotMs = 250;

    /// <summary>What a refusal for concurrency suggests to wait; when a running request ends is not known.</summary>
    private const long ConcurrencyRetryMs = 1_000;

    /// <summary>The counters as they stand at a moment: slots that left the window and past days dropped. A slot dated more
    /// than a slot's width ahead (the clock went back) is pulled to now, so that it blocks at most one window.</summary>
    public static Scope Refresh(Scope scope, LimitSet limits, long nowMs)
    {
        ImmutableArray<WindowSlot> slots = scope.Slots;
        if (!slots.IsEmpty && (slots[0].AtMs + WindowMs <= nowMs || slots[^1].AtMs > nowMs + CoarseSlotMs))
        {
            slots = [.. slots.Where(slot => slot.AtMs + WindowMs > nowMs)
                .Select(slot => slot.AtMs > nowMs + CoarseSlotMs ? slot with { AtMs = nowMs } : slot)];
        }

        int day = UtcCalendar.DayOf(nowMs);
        int period = limits.Budget is null ? scope.BudgetPeriod : UtcCalendar.PeriodOf(limits.BudgetPeriod, nowMs);
        return scope with
        {
            Slots = slots,
            Day = day,
            DayTokens = scope.Day == day ? scope.DayTokens : 0,
            BudgetPeriod = period,
            BudgetUsed = scope.BudgetPeriod == period ? scope.BudgetUsed : Money.Zero,
        };
    }

    /// <summary>
    /// The limit that binds, or null when the request fits all. Of several, the one that frees last is named, so that
    /// waiting as told is enough. Nothing is taken. The scopes must be refreshed.
    /// </summary>
    public static LimitRefusal? Check(IReadOnlyList<LimitedScope> scopes, long nowMs, long tokens, Money cost)
    {
        LimitRefusal? binding = null;
        foreach (LimitedScope limited in scopes)
        {
            (Scope scope, LimitSet limits) = (limited.Scope, limited.Limits);
            binding = Later(binding, CheckConcurrency(scope, limits));
            binding = Later(binding, CheckWindow(scope, LimitDimension.RequestsPerMinute, limits.RequestsPerMinute, 1, nowMs));
            binding = Later(binding, CheckWindow(scope, LimitDimension.TokensPerMinute, limits.TokensPerMinute, tokens, nowMs));
            binding = Later(binding, CheckTotal(
                scope, LimitDimension.TokensPerDay, limits.TokensPerDay, scope.DayTokens, tokens, UtcCalendar.MsToNextDay(nowMs)));
            binding = Later(binding, CheckTotal(
                scope, LimitDimension.Budget, limits.Budget?.NanoUsd, scope.BudgetUsed.NanoUsd, cost.NanoUsd,
                UtcCalendar.MsToNextPeriod(limits.BudgetPeriod, nowMs)) is { } budget ? budget with { Period = limits.BudgetPeriod } : null);
        }

        return binding;
    }

    /// <summary>Counts an admitted request. <paramref name="take"/> says where, for the return at settlement.</summary>
    public static Scope Take(LimitedScope limited, long nowMs, long tokens, Money cost, out ScopeTake take)
    {
        Scope scope = limited.Scope;
        if (limited.Limits.RequestsPerMinute is null && limited.Limits.TokensPerMinute is null)
        {
            // Nothing reads the minute: a scope without such limits keeps no slots, and starts counting when one is set.
            take = new ScopeTake(scope.Name, 0);
            return Count(limited, tokens, cost);
        }

        bool fine = limited.Limits.RequestsPerMinute is long rpm && rpm <= FineLimit;
        long slotMs = fine ? nowMs : (nowMs + CoarseSlotMs - 1) / CoarseSlotMs * CoarseSlotMs;
        int index = scope.Slots.Length;
        while (index > 0 && scope.Slots[index - 1].AtMs > slotMs)
        {
            index--;
        }

        ImmutableArray<WindowSlot> slots = index > 0 && scope.Slots[index - 1].AtMs == slotMs
            ? scope.Slots.SetItem(index - 1, new WindowSlot(
                slotMs, scope.Slots[index - 1].Requests + 1, checked(scope.Slots[index - 1].Tokens + tokens)))
            : scope.Slots.Insert(index, new WindowSlot(slotMs, 1, tokens));
        take = new ScopeTake(scope.Name, slotMs);
        return Count(limited, tokens, cost) with { Slots = slots };
    }

    /// <summary>
    /// Ends a request: its place in the concurrency is freed, the unused tokens go back to the slot and day they were
    /// taken from (if these still count) and the unused money to its budget's period. The request itself keeps counting.
    /// </summary>
    public static Scope Return(Scope scope, ScopeTake take, int takenDay, int takenPeriod, long unusedTokens, Money unusedCost)
    {
        ImmutableArray<WindowSlot> slots = scope.Slots;
        for (int index = 0; index < slots.Length; index++)
        {
            if (slots[index].AtMs == take.SlotMs)
            {
                WindowSlot slot = slots[index];
                slots = slots.SetItem(index, slot with { Tokens = Math.Max(0, slot.Tokens - unusedTokens) });
                break;
            }
        }

        bool sameBudget = scope.BudgetPeriod == 0 || scope.BudgetPeriod == takenDay || scope.BudgetPeriod == takenPeriod;
        return scope with
        {
            Running = Math.Max(0, scope.Running - 1),
            Slots = slots,
            DayTokens = scope.Day == takenDay ? Math.Max(0, scope.DayTokens - unusedTokens) : scope.DayTokens,
            BudgetUsed = sameBudget ? Money.Max(Money.Zero, scope.BudgetUsed - unusedCost) : scope.BudgetUsed,
        };
    }

    /// <summary>Live use of every limit set. The scopes must be refreshed.</summary>
    public static IReadOnlyList<LimitUse> Use(IReadOnlyList<LimitedScope> scopes, long nowMs)
    {
        List<LimitUse> uses = [];
        foreach ((Scope scope, LimitSet limits) in scopes.Select(limited => (limited.Scope, limited.Limits)))
        {
            long windowResetMs = scope.Slots.IsEmpty ? 0 : scope.Slots[^1].AtMs + WindowMs - nowMs;
            Add(LimitDimension.Concurrency, limits.Concurrency, scope.Running, 0);
            Add(LimitDimension.RequestsPerMinute, limits.RequestsPerMinute, scope.Slots.Sum(slot => slot.Requests), windowResetMs);
            Add(LimitDimension.TokensPerMinute, limits.TokensPerMinute, scope.Slots.Sum(slot => slot.Tokens), windowResetMs);
            Add(LimitDimension.TokensPerDay, limits.TokensPerDay, scope.DayTokens, UtcCalendar.MsToNextDay(nowMs));
            Add(LimitDimension.Budget, limits.Budget?.NanoUsd, scope.BudgetUsed.NanoUsd,
                UtcCalendar.MsToNextPeriod(limits.BudgetPeriod, nowMs) ?? 0);

            void Add(LimitDimension dimension, long? limit, long used, long resetMs)
            {
                if (limit is long value)
                {
                    uses.Add(new LimitUse(scope.Name, dimension, value, used, used == 0 ? 0 : resetMs) { Period = limits.BudgetPeriod });
                }
            }
        }

        return uses;
    }

    private static Scope Count(LimitedScope limited, long tokens, Money cost) => limited.Scope with
    {
        Running = limited.Scope.Running + 1,
        DayTokens = checked(limited.Scope.DayTokens + tokens),
        BudgetUsed = limited.Limits.Budget is null ? limited.Scope.BudgetUsed : limited.Scope.BudgetUsed + cost,
    };

    private static LimitRefusal? CheckConcurrency(Scope scope, LimitSet limits) =>
        limits.Concurrency is int limit && scope.Running >= limit
            ? new LimitRefusal(scope.Name, LimitDimension.Concurrency, limit, scope.Running, 1, ConcurrencyRetryMs)
            : null;

    private static LimitRefusal? CheckTotal(
        Scope scope, LimitDimension dimension, long? limit, long used, long requested, long? freesInMs) =>
        limit is long value && (requested > value || used > value - requested)
            ? new LimitRefusal(scope.Name, dimension, value, used, requested, requested > value ? null : freesInMs)
            : null;

    private static LimitRefusal? CheckWindow(Scope scope, LimitDimension dimension, long? limit, long requested, long nowMs)
    {
        if (limit is not long value)
        {
            return null;
        }

        bool countsRequests = dimension == LimitDimension.RequestsPerMinute;
        long used = 0;
        foreach (WindowSlot slot in scope.Slots)
        {
            used = checked(used + (countsRequests ? slot.Requests : slot.Tokens));
        }

        if (requested <= value && used <= value - requested)
        {
            return null;
        }

        long left = used;
        long? freesInMs = null;
        foreach (WindowSlot slot in scope.Slots)
        {
            left -= countsRequests ? slot.Requests : slot.Tokens;
            if (requested <= value && left <= value - requested)
            {
                freesInMs = slot.AtMs + WindowMs - nowMs;
                break;
            }
        }

        return new LimitRefusal(scope.Name, dimension, value, used, requested, freesInMs);
    }

    private static LimitRefusal? Later(LimitRefusal? first, LimitRefusal? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        return (second.FreesInMs ?? long.MaxValue) > (first.FreesInMs ?? long.MaxValue) ? second : first;
    }
}
