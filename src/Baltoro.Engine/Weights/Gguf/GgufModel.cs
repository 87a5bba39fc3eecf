using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// A GGUF model of one or several files. The metadata is the first part's; tensors of all parts stand side by side. Owns the
/// mappings. Threads: any, until disposed.
/// </summary>
internal sealed unsafe class GgufModel : IDisposable
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";

    private readonly List<GgufFile> _files = [];
    private readonly Dictionary<string, (GgufFile File, GgufTensor Tensor)> _tensors = new(StringComparer.Ordinal);

    private GgufModel(string path) => Path = path;

    /// <summary>The first file.</summary>
    public string Path { get; }

    /// <summary>Paths of all parts.</summary>
    public IEnumerable<string> Files => _files.Select(file => file.Path);

    public GgufMetadata Metadata => _files[0].Header.Metadata;

    /// <summary>All tensors in the order of files and data.</summary>
    public IEnumerable<GgufTensor> Tensors => _files.SelectMany(file => file.Header.Tensors);

    /// <summary>Bytes of all tensors.</summary>
    public long ByteCount => Tensors.Sum(tensor => tensor.ByteCount);

    /// <summary>Opens the model that <paramref name="path"/> is, or is a part of. Throws <see cref="ModelFormatException"/>.</summary>
    public static GgufModel Open(string path)
    {
        IReadOnlyList<string> parts = GgufParts.Resolve(path);
        GgufModel model = new(parts[0]);
        try
        {
            for (int index = 0; index < parts.Count; index++)
            {
                model.Add(GgufFile.Open(parts[index]), index, parts.Count);
            }

            long? expected = model.Metadata.FindInteger(TensorsKey, 0, int.MaxValue);
            if (expected is not null && expected != model._tensors.Count)
            {
                throw model.Metadata.Wrong(TensorsKey, $"{expected} tensors in {parts.Count} files", $"{model._tensors.Count}");
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The tensor <paramref name="name"/> with the file that holds it, or null.</summary>
    public (GgufFile File, GgufTensor Tensor)? Find(string name) =>
        _tensors.TryGetValue(name, out (GgufFile File, GgufTensor Tensor) found) ? found : null;

    /// <summary>First byte of the tensor <paramref name="name"/>, which must exist.</summary>
    public byte* DataOf(string name)
    {
        (GgufFile file, GgufTensor tensor) = _tensors[name];
        return file.DataOf(tensor);
    }

    public void Dispose()
    {
        foreach (GgufFile file in _files)
        {
            file.Dispose();
        }
    }

    private void Add(GgufFile file, int index, int count)
    {
        _files.Add(file);
        GgufMetadata metadata = file.Header.Metadata;
        CheckSplit(metadata, CountKey, count, count == 1 ? 1 : null);
        CheckSplit(metadata, NumberKey, index, count == 1 ? 0 : null);
        foreach (GgufTensor tensor in file.Header.Tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
            {
                string found = $"another in {_tensors[tensor.Name].File.Path}";
                throw new ModelFormatException(file.Path, tensor.Name, "one tensor of this name", found);
            }
        }
    }

    private static void CheckSplit(GgufMetadata metadata, string key, int expected, int? absent)
    {
        long? found = metadata.FindInteger(key, 0, int.MaxValue) ?? absent;
        if (found != expected)
        {
            throw metadata.Wrong(key, $"{expected}, by the file's name", found?.ToString() ?? "no such key");
        }
    }
}
