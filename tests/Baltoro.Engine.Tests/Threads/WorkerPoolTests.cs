using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Tests.Threads;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyTimesWithBarriers_NeverOvertakes(int threads)
    {
        using WorkerPool pool = new(threads);
        Relay relay = new(threads);
        for (int i = 0; i < 200; i++)
        {
            pool.Run(relay);
        }

        Assert.Equal(200 * Relay.Rounds * threads, relay.Total);
        Assert.False(relay.Overtaken);
    }

    [Fact]
    public void Run_AfterIdling_WakesParkedThreads()
    {
        using WorkerPool pool = new(3);
        Relay relay = new(3);
        for (int i = 0; i < 3; i++)
        {
            pool.Run(relay);
            using ManualResetEventSlim never = new();
            never.Wait(TimeSpan.FromMilliseconds(30), TestContext.Current.CancellationToken);
        }

        Assert.Equal(3 * Relay.Rounds * 3, relay.Total);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_OneWorkerFails_ThrowsItsExceptionAndGoesOnWorking(int failing)
    {
        using WorkerPool pool = new(3);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => pool.Run(new Failure(failing)));
        Assert.Equal($"worker {failing}", exception.Message);
        Relay relay = new(3);
        pool.Run(relay);
        Assert.Equal(Relay.Rounds * 3, relay.Total);
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        WorkerPool pool = new(2);
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(new Relay(2)));
    }

    [Fact]
    public void Split_AnyCountAndGranule_CoversEveryItemOnce()
    {
        WorkBarrier barrier = new(1);
        for (int workers = 1; workers <= 7; workers++)
        {
            for (int items = 0; items <= 70; items++)
            {
                foreach (int granule in new[] { 1, 4, 16 })
                {
                    int next = 0;
                    for (int i = 0; i < workers; i++)
                    {
                        PartRange part = new Worker(i, workers, barrier).Split(items, granule);
                        Assert.Equal(next, part.Start);
                        Assert.True(part.Start % granule == 0 || part.Count == 0);
                        next = part.End;
                    }

                    Assert.Equal(items, next);
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 10, 3, 4, 0, 4)]
    [InlineData(5, 10, 3, 4, 2, 2)]
    [InlineData(0, 2, 3, 4, 0, 0)]
    [InlineData(9, 3, 3, 4, 4, 0)]
    public void Within_Ranges_GivesTheOverlapInLocalNumbers(int start, int count, int innerStart, int innerCount, int expectedStart, int expectedCount) =>
        Assert.Equal(new PartRange(expectedStart, expectedCount), new PartRange(start, count).Within(innerStart, innerCount));

    /// <summary>Every worker counts up between barriers; nobody may see a round begin before the last one is complete.</summary>
    private sealed class Relay(int threads) : IParallelWork
    {
        public const int Rounds = 20;

        private int _total;

        public int Total => _total;

        public bool Overtaken { get; private set; }

        public void Execute(Worker worker)
        {
            for (int round = 0; round < Rounds; round++)
            {
                Interlocked.Increment(ref _total);
                worker.Barrier();
                if (Volatile.Read(ref _total) % threads != 0)
                {
                    Overtaken = true;
                }

                worker.Barrier();
            }
        }
    }

    private sealed class Failure(int failing) : IParallelWork
    {
        public void Execute(Worker worker)
        {
            worker.Barrier();
            if (worker.Index == failing)
            {
                throw new InvalidOperationException($"worker {worker.Index}");
            }

            worker.Barrier();
            worker.Barrier();
        }
    }
}
