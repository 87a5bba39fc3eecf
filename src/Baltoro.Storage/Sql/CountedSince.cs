using Baltoro.Platform.Limits;

namespace Baltoro.Storage.Sql;

/// <summary>From when on a request still counts in a window or a day.</summary>
internal static class CountedSince
{
    private const long DayMs = 86_400_000;

    /// <summary>The earlier of the window's start and the start of the UTC day.</summary>
    public static long Ms(long nowMs) => Math.Min(nowMs - Limiter.WindowMs, nowMs - (DayMs - UtcCalendar.MsToNextDay(nowMs))) - 1;
}
