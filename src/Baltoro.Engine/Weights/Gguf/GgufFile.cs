using System.IO.MemoryMappedFiles;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>One GGUF file, mapped read-only; its header is fully checked by <see cref="Open"/>. Threads: any, until disposed.</summary>
internal sealed unsafe class GgufFile : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _accessor;
    private readonly byte* _data;
    private bool _disposed;

    private GgufFile(string path, GgufHeader header, MemoryMappedFile mapping, MemoryMappedViewAccessor accessor)
    {
        Path = path;
        Header = header;
        _mapping = mapping;
        _accessor = accessor;
        byte* start = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + accessor.PointerOffset + header.DataOffset;
    }

    public string Path { get; }

    public GgufHeader Header { get; }

    /// <summary>Maps <paramref name="path"/>. Throws <see cref="ModelFormatException"/> naming what is wrong with the file.</summary>
    public static GgufFile Open(string path)
    {
        FileStream stream = OpenStream(path);
        try
        {
            GgufHeader header = GgufHeaderReader.Read(stream, path);
            MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            MemoryMappedViewAccessor accessor = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            return new GgufFile(path, header, mapping, accessor);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The header of <paramref name="path"/> alone.</summary>
    public static GgufHeader ReadHeader(string path)
    {
        using FileStream stream = OpenStream(path);
        return GgufHeaderReader.Read(stream, path);
    }

    /// <summary>First byte of <paramref name="tensor"/>'s data, of which <see cref="GgufTensor.ByteCount"/> are readable.</summary>
    public byte* DataOf(GgufTensor tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _data + tensor.Offset;
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

    private static FileStream OpenStream(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, "file", "a readable GGUF file", exception.Message, exception);
        }
    }
}
