using System.Runtime.ExceptionServices;

namespace Baltoro.Engine.Threads;

/// <summary>
/// The dedicated compute threads of one engine. <see cref="Run"/> executes one piece of work on all of them, the calling
/// owner thread included, and returns when all are done. Requires: one thread at a time calls <see cref="Run"/> and
/// <see cref="Dispose"/>. Ensures: nothing is allocated by a run that does not fail (I9).
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly WorkBarrier _start;
    private readonly WorkBarrier _finish;
    private readonly WorkBarrier _inner;
    private readonly Worker[] _workers;
    private readonly Worker _alone = new(0, 1, new WorkBarrier(1));
    private readonly Thread[] _threads;
    private IParallelWork? _work;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    /// <param name="threadCount">Threads that compute, the owner included; at least 1.</param>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        _start = new WorkBarrier(threadCount);
        _finish = new WorkBarrier(threadCount);
        _inner = new WorkBarrier(threadCount);
        _workers = new Worker[threadCount];
        for (int i = 0; i < threadCount; i++)
        {
            _workers[i] = new Worker(i, threadCount, _inner);
        }

        _threads = new Thread[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            Worker worker = _workers[i + 1];
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"baltoro-worker-{worker.Index}" };
            _threads[i].Start();
        }
    }

    public int ThreadCount => _workers.Length;

    /// <summary>Executes <paramref name="work"/> on every thread; rethrows the first failure of any of them.</summary>
    public void Run(IParallelWork work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _work = work;
        _start.Wait();
        Execute(work, _workers[0]);
        _finish.Wait();
        _work = null;
        if (_fault is not null)
        {
            ExceptionDispatchInfo fault = _fault;
            _fault = null;
            _inner.Reset();
            fault.Throw();
        }
    }

    /// <summary>
    /// Executes <paramref name="work"/> on the calling thread only, for work that is smaller than the cost of meeting the
    /// other threads. Same results as <see cref="Run"/>.
    /// </summary>
    public void RunAlone(IParallelWork work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        work.Execute(_alone);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _work = null;
        _start.Wait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve(Worker worker)
    {
        while (true)
        {
            _start.Wait();
            if (_work is not IParallelWork work)
            {
                return;
            }

            Execute(work, worker);
            _finish.Wait();
        }
    }

    /// <summary>Runs one worker's part; a failure is kept for the owner and releases the others from their barriers.</summary>
    private void Execute(IParallelWork work, Worker worker)
    {
        try
        {
            work.Execute(worker);
        }
        catch (BrokenBarrierException)
        {
            // Another worker failed first; its exception is the one that Run rethrows.
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(exception), null);
            _inner.Break();
        }
    }
}
