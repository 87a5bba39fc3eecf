namespace Baltoro.Engine.Threads;

/// <summary>One thread's place in a <see cref="WorkerPool"/>: which part of an operation is its own, and the barrier.</summary>
internal sealed class Worker
{
    private readonly WorkBarrier _barrier;

    public Worker(int index, int count, WorkBarrier barrier)
    {
        Index = index;
        Count = count;
        _barrier = barrier;
    }

    /// <summary>0 is the owner thread.</summary>
    public int Index { get; }

    public int Count { get; }

    /// <summary>Returns once every worker has called it; writes made before it are visible after it.</summary>
    public void Barrier() => _barrier.Wait();

    /// <summary>
    /// This worker's share of <paramref name="itemCount"/> items, in whole blocks of <paramref name="granule"/> items (the
    /// last block may be short). The shares of all workers cover every item exactly once.
    /// </summary>
    public PartRange Split(int itemCount, int granule = 1)
    {
        long blockCount = (itemCount + granule - 1L) / granule;
        int start = (int)Math.Min(blockCount * Index / Count * granule, itemCount);
        int end = (int)Math.Min(blockCount * (Index + 1) / Count * granule, itemCount);
        return new PartRange(start, end - start);
    }
}
