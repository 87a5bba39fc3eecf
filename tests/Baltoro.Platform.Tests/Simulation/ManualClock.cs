namespace Baltoro.Platform.Tests.Simulation;

/// <summary>A clock that only moves when told.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public long NowMs => _now.ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;

    public void StepMs(long ms) => _now = _now.AddMilliseconds(ms);
}
