using System.Runtime.InteropServices;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Owns 64-byte aligned native memory for weights that cannot be used as the file stores them (widened vectors, transposed
/// halves). Freed all together. Threads: the loading thread only.
/// </summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private readonly List<nint> _blocks = [];

    public long ByteCount { get; private set; }

    public void* Allocate(long bytes)
    {
        void* block = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 64);
        _blocks.Add((nint)block);
        ByteCount += bytes;
        return block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }

        _blocks.Clear();
    }
}
