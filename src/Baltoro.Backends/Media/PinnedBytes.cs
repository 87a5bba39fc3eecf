using System.Runtime.InteropServices;

namespace Baltoro.Backends.Media;

/// <summary>Managed bytes at a fixed address while native code reads or writes them.</summary>
internal sealed class PinnedBytes : IDisposable
{
    private GCHandle _handle;

    /// <summary>Pins <paramref name="bytes"/>, copied only where they are not part of an array.</summary>
    public PinnedBytes(ReadOnlyMemory<byte> bytes)
    {
        if (!MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
        {
            segment = new ArraySegment<byte>(bytes.ToArray());
        }

        Array = segment.Array ?? [];
        _handle = GCHandle.Alloc(Array, GCHandleType.Pinned);
        Address = _handle.AddrOfPinnedObject() + segment.Offset;
    }

    /// <summary>The array behind the bytes.</summary>
    public byte[] Array { get; }

    /// <summary>Of the first byte.</summary>
    public IntPtr Address { get; }

    public void Dispose()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
    }
}
