namespace Baltoro.Storage.Tests.Servers;

/// <summary>A clock that only moves when told. Safe for many readers.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private long _nowMs = start.ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _nowMs));

    public void StepMs(long ms) => Interlocked.Add(ref _nowMs, ms);
}
