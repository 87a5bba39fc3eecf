using System.Runtime.InteropServices;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Owns the memory of repacked weights: large chunks that the system may back with huge pages, handed out front to back, so
/// that weights read one after another lie one after another. Freed all together. Threads: the loading thread only.
/// </summary>
internal sealed unsafe class TileArena : IDisposable
{
    private const long HugePageBytes = 2L << 20;
    private const long ChunkBytes = 64L << 20;
    private const int Alignment = 64;

    private readonly List<nint> _chunks = [];
    private byte* _next;
    private long _left;

    /// <summary>Bytes handed out.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Uninitialised memory, 64-byte aligned.</summary>
    public byte* Allocate(long bytes)
    {
        long rounded = (bytes + Alignment - 1) / Alignment * Alignment;
        if (rounded > _left)
        {
            AddChunk(Math.Max(rounded, ChunkBytes));
        }

        byte* block = _next;
        _next += rounded;
        _left -= rounded;
        ByteCount += rounded;
        return block;
    }

    public void Dispose()
    {
        foreach (nint chunk in _chunks)
        {
            NativeMemory.AlignedFree((void*)chunk);
        }

        _chunks.Clear();
        _left = 0;
    }

    private void AddChunk(long bytes)
    {
        long rounded = (bytes + HugePageBytes - 1) / HugePageBytes * HugePageBytes;
        _next = (byte*)NativeMemory.AlignedAlloc((nuint)rounded, (nuint)HugePageBytes);
        _left = rounded;
        _chunks.Add((nint)_next);
        MemoryAdvice.WantHugePages(_next, rounded); // where the system has none the weights work from small ones
    }
}
