using System.IO.MemoryMappedFiles;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights;

/// <summary>One safetensors file, mapped read-only. The header is fully checked by <see cref="Open"/>.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _accessor;
    private readonly byte* _data;
    private bool _disposed;

    private SafetensorsFile(
        string path, List<TensorEntry> tensors, MemoryMappedFile mapping, MemoryMappedViewAccessor accessor, long dataOffset)
    {
        Path = path;
        Tensors = tensors;
        _mapping = mapping;
        _accessor = accessor;
        byte* start = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + accessor.PointerOffset + dataOffset;
    }

    private SafetensorsFile(string path, List<TensorEntry> tensors)
    {
        Path = path;
        Tensors = tensors;
    }

    public string Path { get; }

    /// <summary>All tensors in file order.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Maps <paramref name="path"/>. Throws <see cref="ModelFormatException"/> naming what is wrong with the file.</summary>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new ModelFormatException(path, "file", "a safetensors file", "nothing");
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            (List<TensorEntry> tensors, long dataOffset) = SafetensorsHeader.Read(stream, path);
            MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            MemoryMappedViewAccessor accessor = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            return new SafetensorsFile(path, tensors, mapping, accessor, dataOffset);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads and checks the header alone from the start of <paramref name="stream"/>, for a dry run: the views of such a file
    /// have names, formats and shapes, and no data. Throws <see cref="ModelFormatException"/>.
    /// </summary>
    public static SafetensorsFile ReadHeader(Stream stream, string path) => new(path, SafetensorsHeader.Read(stream, path).Tensors);

    /// <summary>The tensor of <paramref name="entry"/>, which must come from <see cref="Tensors"/>.</summary>
    public TensorView View(TensorEntry entry)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ElementType type = ElementTypes.Parse(entry.Dtype)
            ?? throw new ModelFormatException(Path, $"{entry.Name}.dtype", "BF16, F32, F16, F8_E4M3, I32 or I64", entry.Dtype);
        return new TensorView(entry, type, Path, _data == null ? null : _data + entry.Offset);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _accessor?.SafeMemoryMappedViewHandle.ReleasePointer();
            _accessor?.Dispose();
            _mapping?.Dispose();
        }
    }
}
