using System.Runtime.InteropServices;

namespace Baltoro.Engine.Tests.Support;

/// <summary>
/// Memory that ends (or starts) at an inaccessible page, so that a kernel that reads or writes past the end crashes the
/// test run instead of passing by luck.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int NoAccess = 0;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _mapping;
    private readonly nuint _mappedBytes;

    public GuardedMemory(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint body = ((nuint)bytes + page - 1) / page * page;
        _mappedBytes = body + page;
        _mapping = Map(null, _mappedBytes, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)_mapping == -1 || Protect(_mapping + body, page, NoAccess) != 0)
        {
            throw new InvalidOperationException($"guard page: errno {Marshal.GetLastPInvokeError()}");
        }

        Start = _mapping + body - bytes;
    }

    /// <summary>First byte; the last one lies right before the guard page.</summary>
    public byte* Start { get; }

    public static GuardedMemory Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        GuardedMemory memory = new(values.Length * sizeof(T));
        values.CopyTo(new Span<T>(memory.Start, values.Length));
        return memory;
    }

    public void Dispose() => _ = Unmap(_mapping, _mappedBytes);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);
}
