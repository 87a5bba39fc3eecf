using System.Runtime.InteropServices;

namespace Baltoro.Bench.Kernels;

/// <summary>
/// Processor time of the calling thread, so that a busy machine spoils a measurement less: waiting for a core does not count,
/// shared caches and memory still do.
/// </summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Best and median seconds of one call of <paramref name="work"/>.</summary>
    public static (double Best, double Median) Measure(int rounds, Action work)
    {
        work();
        double[] seconds = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            double start = Now();
            work();
            seconds[i] = Now() - start;
        }

        Array.Sort(seconds);
        return (seconds[0], seconds[rounds / 2]);
    }

    private static double Now()
    {
        long* time = stackalloc long[2];
        return GetTime(ThreadCpuTime, time) == 0
            ? time[0] + (time[1] * 1e-9)
            : throw new InvalidOperationException($"clock_gettime: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);
}
