namespace Baltoro.Server.Streaming;

/// <summary>Waits for the next event and says when nothing has been sent for a while. One pending delay at most.</summary>
internal sealed class SilenceTimer(TimeSpan interval, TimeProvider clock, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private long _lastSent = clock.GetTimestamp();
    private Task? _tick;

    /// <summary>Something has just been sent.</summary>
    public void Restart() => _lastSent = clock.GetTimestamp();

    /// <summary>True when <paramref name="next"/> is complete; false when the interval passed in silence first.</summary>
    public async ValueTask<bool> WaitAsync(Task next)
    {
        while (!next.IsCompleted)
        {
            if (stop.IsCancellationRequested)
            {
                await Task.WhenAny(next).ConfigureAwait(false);
                return true;
            }

            TimeSpan left = interval - clock.GetElapsedTime(_lastSent);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            _tick ??= Task.Delay(left, clock, _end.Token);
            if (await Task.WhenAny(next, _tick).ConfigureAwait(false) == _tick)
            {
                _tick = null;
            }
        }

        return true;
    }

    /// <summary>Ends the pending delay.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }
}
