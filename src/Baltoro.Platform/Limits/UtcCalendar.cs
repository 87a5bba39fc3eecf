namespace Baltoro.Platform.Limits;

/// <summary>Days and months as integers (<c>yyyymmdd</c>, <c>yyyymm</c>) of Unix milliseconds, in UTC.</summary>
public static class UtcCalendar
{
    private const long DayMs = 86_400_000;

    public static int DayOf(long unixMs)
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        return (((at.Year * 100) + at.Month) * 100) + at.Day;
    }

    public static int MonthOf(long unixMs) => DayOf(unixMs) / 100;

    /// <summary>The period that a budget counts in at a moment; 0 for a lifetime.</summary>
    public static int PeriodOf(BudgetPeriod period, long unixMs) => period switch
    {
        BudgetPeriod.Lifetime => 0,
        BudgetPeriod.Month => MonthOf(unixMs),
        BudgetPeriod.Day => DayOf(unixMs),
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "unknown budget period"),
    };

    /// <summary>Time until the next UTC midnight.</summary>
    public static long MsToNextDay(long unixMs) => DayMs - (((unixMs % DayMs) + DayMs) % DayMs);

    /// <summary>Time until the budget starts again; null for a lifetime.</summary>
    public static long? MsToNextPeriod(BudgetPeriod period, long unixMs)
    {
        if (period == BudgetPeriod.Lifetime)
        {
            return null;
        }

        if (period == BudgetPeriod.Day)
        {
            return MsToNextDay(unixMs);
        }

        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        DateTimeOffset next = new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        return next.ToUnixTimeMilliseconds() - unixMs;
    }
}
