using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Tests.Limits;

public sealed class LimiterTests
{
    private const long Start = 1_790_000_000_000;

    [Fact]
    public void Check_SeveralLimitsBind_NamesTheOneThatFreesLast()
    {
        LimitSet limits = new() { Concurrency = 1, RequestsPerMinute = 1, TokensPerDay = 10 };
        Scope scope = Take(new Scope { Name = "tier/t" }, limits, Start, 10);
        LimitRefusal? refusal = Limiter.Check([new LimitedScope(scope, limits)], Start, 5, Money.Zero);
        Assert.Equal(LimitDimension.TokensPerDay, refusal?.Dimension);
        refusal = Limiter.Check([new LimitedScope(scope, limits with { TokensPerDay = null })], Start, 5, Money.Zero);
        Assert.Equal((LimitDimension.RequestsPerMinute, 60_000L), (refusal!.Dimension, refusal.FreesInMs));
    }

    [Fact]
    public void Check_RequestLargerThanLimit_NeverFrees()
    {
        LimitSet limits = new() { TokensPerMinute = 100 };
        LimitRefusal? refusal = Limiter.Check([new LimitedScope(new Scope { Name = "tier/t" }, limits)], Start, 101, Money.Zero);
        Assert.Equal((LimitDimension.TokensPerMinute, (long?)null), (refusal!.Dimension, refusal.RetryAfterSeconds));
    }

    [Fact]
    public void Return_UnusedTokens_GoBackToTheirSlotOnly()
    {
        LimitSet limits = new() { TokensPerMinute = 100, RequestsPerMinute = 10 };
        Scope scope = Limiter.Refresh(new Scope { Name = "tier/t" }, limits, Start);
        scope = Take(scope, limits, Start, 60, out ScopeTake first);
        scope = Take(scope, limits, Start + 1_000, 40);
        scope = Limiter.Return(scope, first, UtcCalendar.DayOf(Start), UtcCalendar.MonthOf(Start), 50, Money.Zero);
        Assert.Equal([10L, 40L], scope.Slots.Select(slot => slot.Tokens));
        Assert.Equal((50L, 1), (scope.DayTokens, scope.Running));
    }

    [Fact]
    public void Return_AfterMidnight_LeavesTheNewDayAlone()
    {
        LimitSet limits = new() { TokensPerDay = 100 };
        long midnight = Start + UtcCalendar.MsToNextDay(Start);
        Scope scope = Take(new Scope { Name = "tier/t" }, limits, midnight - 1, 60, out ScopeTake old);
        scope = Take(Limiter.Refresh(scope, limits, midnight + 1), limits, midnight + 1, 7);
        scope = Limiter.Return(scope, old, UtcCalendar.DayOf(midnight - 1), UtcCalendar.MonthOf(midnight - 1), 60, Money.Zero);
        Assert.Equal(7, scope.DayTokens);
    }

    [Fact]
    public void Refresh_ClockWentBackAnHour_BlocksAtMostOneWindow()
    {
        LimitSet limits = new() { RequestsPerMinute = 1 };
        Scope scope = Take(new Scope { Name = "tier/t" }, limits, Start + 3_600_000, 1);
        scope = Limiter.Refresh(scope, limits, Start);
        LimitRefusal? refusal = Limiter.Check([new LimitedScope(scope, limits)], Start, 1, Money.Zero);
        Assert.Equal(60_000, refusal?.FreesInMs);
    }

    [Fact]
    public void Window_BusyScope_KeepsFewSlotsAndNeverFreesEarly()
    {
        LimitSet limits = new() { RequestsPerMinute = 10_000 };
        Scope scope = new() { Name = "tier/t" };
        for (int index = 0; index < 10_000; index++)
        {
            scope = Take(Limiter.Refresh(scope, limits, Start + (index * 6)), limits, Start + (index * 6), 1);
        }

        Assert.InRange(scope.Slots.Length, 1, 242);
        long lastMs = Start + (9_999 * 6);
        LimitRefusal? refusal = Limiter.Check([new LimitedScope(Limiter.Refresh(scope, limits, lastMs), limits)], lastMs, 1, Money.Zero);
        Assert.InRange(refusal!.FreesInMs!.Value, 1, 300);
    }

    [Theory]
    [InlineData(LimitDimension.Concurrency, "Your account org-1<ak-1> request reached organization max concurrency: 3, please try again after 2 seconds")]
    [InlineData(LimitDimension.RequestsPerMinute, "Your account org-1<ak-1> request reached organization max RPM: 3, please try again after 2 seconds")]
    [InlineData(LimitDimension.TokensPerMinute, "Your account org-1<ak-1> request reached organization TPM rate limit, current:4, limit:3")]
    [InlineData(LimitDimension.TokensPerDay, "Your account org-1<ak-1> request reached organization TPD rate limit, current:4, limit:3")]
    public void Message_OfEachLimit_HasThePlatformsWords(LimitDimension dimension, string text) =>
        Assert.Equal(text, new LimitRefusal("tier/free", dimension, 3, 4, 1, 1_001).Message("org-1", "ak-1"));

    [Theory]
    [InlineData("key/ak-1", BudgetPeriod.Month, "key ak-1 is $0.001000000 per month (UTC), of which $0.000900000 is taken, and this request may cost $0.000200000; please ask for a higher one or wait for the next month")]
    [InlineData("project/pj-2", BudgetPeriod.Lifetime, "project pj-2 is $0.001000000 in all, of which $0.000900000 is taken, and this request may cost $0.000200000; please ask for a higher one")]
    [InlineData("organization", BudgetPeriod.Day, "organization org-1 is $0.001000000 per day (UTC), of which $0.000900000 is taken, and this request may cost $0.000200000; please ask for a higher one or wait for the next day")]
    public void Message_OfABudget_NamesWhoseItIsItsPeriodAndItsLimit(string name, BudgetPeriod period, string text)
    {
        LimitSet limits = new() { Budget = new Money(1_000_000), BudgetPeriod = period };
        Scope scope = Limiter.Refresh(new Scope { Name = name }, limits, Start) with { BudgetUsed = new Money(900_000) };
        LimitRefusal? refusal = Limiter.Check([new LimitedScope(scope, limits)], Start, 5, new Money(200_000));
        Assert.Equal($"You exceeded your current token quota: the budget of {text}", refusal?.Message("org-1", "ak-1"));
    }

    private static Scope Take(Scope scope, LimitSet limits, long nowMs, long tokens) => Take(scope, limits, nowMs, tokens, out _);

    private static Scope Take(Scope scope, LimitSet limits, long nowMs, long tokens, out ScopeTake take) =>
        Limiter.Take(new LimitedScope(scope, limits), nowMs, tokens, Money.Zero, out take);
}
