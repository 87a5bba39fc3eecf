using System.IO.MemoryMappedFiles;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// A packed file, mapped read-only; kernels read the mapping. The file may be removed or replaced meanwhile, because both leave the
/// mapped one as it is. Threads: loading by one, reading by any.
/// </summary>
internal sealed unsafe class PackedFile : IWeightStore
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _accessor;
    private readonly PackedEntry[] _entries;
    private readonly byte* _start;
    private int _next;
    private bool _disposed;

    private PackedFile(string path, PackedEntry[] entries, long dataEnd, MemoryMappedFile mapping, MemoryMappedViewAccessor accessor)
    {
        Path = path;
        ByteCount = dataEnd;
        _entries = entries;
        _mapping = mapping;
        _accessor = accessor;
        byte* start = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + accessor.PointerOffset;
        MemoryAdvice.WantHugePages(_start, dataEnd);
    }

    public string Path { get; }

    /// <inheritdoc/>
    public long ByteCount { get; }

    /// <summary>Whether a load has taken all that is there.</summary>
    public bool IsUsedUp => _next == _entries.Length;

    /// <summary>Maps the file of <paramref name="key"/> at <paramref name="path"/>; its data is not read yet.</summary>
    /// <exception cref="PackedMismatchException">It is cut, damaged, or not the file of the key.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PackedFile Open(string path, PackedKey key)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            (PackedHeader header, PackedEntry[] entries) = PackedHeader.Read(stream, key);
            MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            MemoryMappedViewAccessor accessor = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            return new PackedFile(path, entries, header.DirectoryOffset, mapping, accessor);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public WeightMatrix? Take(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_next == _entries.Length || _entries[_next].NameHash != PackedChecksum.OfName(name))
        {
            throw new PackedMismatchException($"matrix {_next} of {_entries.Length} is not {name}");
        }

        return _entries[_next++].In(_start);
    }

    /// <summary>Reads all data; what is wrong, matrix by matrix.</summary>
    public IReadOnlyList<string> FindDamage()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        List<string> damage = [];
        for (int i = 0; i < _entries.Length; i++)
        {
            PackedEntry entry = _entries[i];
            if (!HasChecksum(entry))
            {
                damage.Add($"{Path}: matrix {i}, {entry.Rows} by {entry.Columns} at byte {entry.Offset}, does not have its checksum");
            }
        }

        return damage;
    }

    /// <summary>Never called: a mapped file holds all there is.</summary>
    public void* Allocate(long bytes, bool tiles) => throw new PackedMismatchException("a matrix is missing");

    /// <inheritdoc/>
    public void Keep(string name, WeightMatrix matrix) => throw new PackedMismatchException($"{name} is missing");

    /// <inheritdoc/>
    public void Settle()
    {
        // What was loaded is in use from here on.
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _accessor.SafeMemoryMappedViewHandle.ReleasePointer();
            _accessor.Dispose();
            _mapping.Dispose();
        }
    }

    private bool HasChecksum(PackedEntry entry)
    {
        bool equal = PackedChecksum.OfData(_start + entry.Offset, entry.ByteCount) == entry.Checksum;
        MemoryAdvice.Forget(_start + entry.Offset, entry.ByteCount);
        return equal;
    }
}
