using System.Runtime.InteropServices;

namespace Baltoro.Engine.Weights;

/// <summary>Hints to the system about memory. They change how fast memory is, never what it holds, so a refusal is no error.</summary>
internal static unsafe partial class MemoryAdvice
{
    private const int WillBeNeeded = 3;
    private const int NotNeeded = 4;
    private const int HugePagesWanted = 14;

    /// <summary>Mapped file pages inside the range will not be read again soon.</summary>
    public static void Forget(byte* start, long bytes)
    {
        long page = Environment.SystemPageSize;
        byte* first = (byte*)(((long)start + page - 1) / page * page);
        Give(first, ((long)start + bytes - (long)first) / page * page, NotNeeded);
    }

    /// <summary>The range, which starts at a page, is better backed by huge pages.</summary>
    public static void WantHugePages(byte* start, long bytes) => Give(start, bytes, HugePagesWanted);

    /// <summary>The range, which starts at a page, is read soon.</summary>
    public static void ReadAhead(byte* start, long bytes) => Give(start, bytes, WillBeNeeded);

    private static void Give(byte* start, long bytes, int advice)
    {
        if (OperatingSystem.IsLinux() && bytes > 0)
        {
            _ = Advise(start, (nuint)bytes, advice);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);
}
