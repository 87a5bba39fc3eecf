namespace Baltoro.Storage.Postgres;

/// <summary>
/// The database's time between two of its answers: the last one it gave, moved on by this process's steady clock. Steps of the
/// node's own clock do not matter. Safe for concurrent use.
/// </summary>
internal sealed class ServerClock
{
    private Reading? _last;

    /// <summary>Unix milliseconds, or null before the first answer.</summary>
    public long? NowMs() => _last is { } last ? last.ServerMs + (long)TimeProvider.System.GetElapsedTime(last.At).TotalMilliseconds : null;

    /// <summary>The database has just said what time it is.</summary>
    public void Set(long serverMs) => _last = new Reading(serverMs, TimeProvider.System.GetTimestamp());

    private sealed record Reading(long ServerMs, long At);
}
