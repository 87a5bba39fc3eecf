using System.Runtime.InteropServices;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// Writes a packed file while a model is loaded: each matrix is made in memory of its own, appended, and forgotten when it is settled, so
/// memory stays at one block of one layer. Data goes out in large aligned pieces, which the system can cache in large pages.
/// Threads: the loading thread.
/// </summary>
internal sealed unsafe class PackedWriter : IWeightStore
{
    private const int PieceBytes = 8 << 20;

    private readonly FileStream _file;
    private readonly byte* _piece;
    private readonly List<PackedEntry> _entries = [];
    private NativeArena _scratch = new();
    private long _written;
    private int _filled;

    /// <summary>Writes into <paramref name="file"/>, which is empty and stays the caller's.</summary>
    public PackedWriter(FileStream file)
    {
        _file = file;
        _piece = (byte*)NativeMemory.AlignedAlloc(PieceBytes, 4096);
        Fill(PackedHeader.DataOffset);
    }

    /// <inheritdoc/>
    public long ByteCount => _written + _filled;

    /// <inheritdoc/>
    public WeightMatrix? Take(string name) => null;

    /// <inheritdoc/>
    public void* Allocate(long bytes, bool tiles) => _scratch.Allocate(bytes);

    /// <inheritdoc/>
    public void Keep(string name, WeightMatrix matrix)
    {
        Fill((int)(-ByteCount & (PackedHeader.Alignment - 1)));
        byte* data = (byte*)matrix.Data;
        _entries.Add(new PackedEntry(PackedChecksum.OfName(name), ByteCount, matrix, PackedChecksum.OfData(data, matrix.HeldBytes)));
        Append(data, matrix.HeldBytes);
    }

    /// <inheritdoc/>
    public void Settle()
    {
        _scratch.Dispose();
        _scratch = new NativeArena();
    }

    /// <summary>Writes directory and header; the file is whole, but perhaps not on the disk yet.</summary>
    public void Finish(PackedKey key)
    {
        Fill((int)(-ByteCount & (PackedHeader.Alignment - 1)));
        long directory = ByteCount;
        ReadOnlySpan<PackedEntry> entries = CollectionsMarshal.AsSpan(_entries);
        fixed (PackedEntry* start = entries)
        {
            Append((byte*)start, (long)entries.Length * sizeof(PackedEntry));
        }

        long length = ByteCount;
        WritePiece();
        byte[] page = new byte[PackedHeader.DataOffset];
        new PackedHeader(key.FormBits, length, directory, _entries.Count, key.Identity).Write(page, entries);
        RandomAccess.Write(_file.SafeFileHandle, page, 0);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        NativeMemory.AlignedFree(_piece);
    }

    private void Append(byte* data, long bytes)
    {
        while (bytes > 0)
        {
            int count = (int)Math.Min(bytes, PieceBytes - _filled);
            Buffer.MemoryCopy(data, _piece + _filled, PieceBytes - _filled, count);
            Advance(count);
            data += count;
            bytes -= count;
        }
    }

    private void Fill(int count)
    {
        while (count > 0)
        {
            int now = Math.Min(count, PieceBytes - _filled);
            new Span<byte>(_piece + _filled, now).Clear();
            Advance(now);
            count -= now;
        }
    }

    private void Advance(int count)
    {
        _filled += count;
        if (_filled == PieceBytes)
        {
            WritePiece();
        }
    }

    private void WritePiece()
    {
        RandomAccess.Write(_file.SafeFileHandle, new ReadOnlySpan<byte>(_piece, _filled), _written);
        _written += _filled;
        _filled = 0;
    }
}
