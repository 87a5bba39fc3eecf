using System.Runtime.InteropServices;
using Iced.Intel;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Emitted functions in pages of their own, which are writable first and executable afterwards, never both (I10). Linux only.
/// The pages live as long as the process: function pointers into them have no owner to ask.
/// </summary>
internal sealed unsafe partial class ExecutableCode
{
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;
    private const int FunctionAlignment = 64;

    private readonly byte* _start;
    private readonly int[] _offsets;

    private ExecutableCode(byte* start, int[] offsets)
    {
        _start = start;
        _offsets = offsets;
    }

    /// <summary>Entry of function <paramref name="index"/>, in the order they were given.</summary>
    public nint this[int index] => (nint)(_start + _offsets[index]);

    /// <summary>
    /// Assembles the functions (each position-independent) and makes them executable. Throws
    /// <see cref="InvalidOperationException"/> when the system refuses.
    /// </summary>
    public static ExecutableCode Build(IReadOnlyList<Assembler> functions)
    {
        using MemoryStream code = new();
        int[] offsets = new int[functions.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            while (code.Length % FunctionAlignment != 0)
            {
                code.WriteByte(0xCC);
            }

            offsets[i] = (int)code.Length;
            functions[i].Assemble(new StreamCodeWriter(code), 0);
        }

        return new ExecutableCode(Publish(code.GetBuffer().AsSpan(0, (int)code.Length)), offsets);
    }

    private static byte* Publish(ReadOnlySpan<byte> code)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint length = ((nuint)code.Length + page - 1) / page * page;
        byte* start = Map(null, length, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)start == -1)
        {
            throw new InvalidOperationException($"memory for emitted code: mmap failed with errno {Marshal.GetLastPInvokeError()}");
        }

        code.CopyTo(new Span<byte>(start, code.Length));
        if (Protect(start, length, ReadExecute) != 0)
        {
            throw new InvalidOperationException(
                $"memory for emitted code: mprotect to read and execute failed with errno {Marshal.GetLastPInvokeError()}; "
                + "BALTORO_KERNELS=int8-avx2 runs without emitted code");
        }

        return start;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);
}
