namespace Baltoro.Engine.Threads;

/// <summary>
/// A reusable meeting point of a fixed number of threads. Waiters spin, then yield, then park, so that a step of a few
/// hundred microseconds never pays for a kernel call while an idle engine uses no processor time.
/// </summary>
internal sealed class WorkBarrier
{
    private const int SpinCount = 1500;
    private const int YieldCount = 64;

    private readonly object _gate = new();
    private readonly int _partyCount;
    private readonly int _spinCount;
    private int _arrivedCount;
    private int _parkedCount;
    private volatile int _generation;
    private volatile bool _broken;

    public WorkBarrier(int partyCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partyCount, 1);
        _partyCount = partyCount;
        _spinCount = partyCount > Environment.ProcessorCount ? 0 : SpinCount;
    }

    /// <summary>Blocks until all parties have arrived. Throws <see cref="BrokenBarrierException"/> after <see cref="Break"/>.</summary>
    public void Wait()
    {
        int generation = _generation;
        if (Interlocked.Increment(ref _arrivedCount) == _partyCount)
        {
            _arrivedCount = 0;
            Release();
        }
        else if (!Spin(generation))
        {
            Park(generation);
        }

        if (_broken)
        {
            throw new BrokenBarrierException();
        }
    }

    /// <summary>Makes every present and later waiter throw, because a party will not arrive.</summary>
    public void Break()
    {
        _broken = true;
        Release();
    }

    /// <summary>Makes a broken barrier usable again. Requires: no thread is inside <see cref="Wait"/>.</summary>
    public void Reset()
    {
        _arrivedCount = 0;
        _broken = false;
    }

    private void Release()
    {
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _parkedCount) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool Spin(int generation)
    {
        for (int i = 0; i < _spinCount; i++)
        {
            if (_generation != generation || _broken)
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        for (int i = 0; i < YieldCount; i++)
        {
            if (_generation != generation || _broken)
            {
                return true;
            }

            Thread.Yield();
        }

        return false;
    }

    private void Park(int generation)
    {
        lock (_gate)
        {
            // The full fence of the increment stands between announcing the sleeper and looking at the generation again;
            // Release does the same in the opposite order, so a wake-up is never lost.
            Interlocked.Increment(ref _parkedCount);
            while (_generation == generation && !_broken)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _parkedCount);
        }
    }
}
