using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights;

/// <summary>
/// The safetensors files of one model folder: <c>model.safetensors</c>, or those that <c>model.safetensors.index.json</c>
/// names. Owns the mappings that every <see cref="TensorView"/> points into.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    public const string SingleName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";
    private const long MaxIndexBytes = 100_000_000;

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, TensorEntry Entry)> _tensors = new(StringComparer.Ordinal);

    private Checkpoint(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Paths of the files, as they were added.</summary>
    public IEnumerable<string> Files => _files.Select(file => file.Path);

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Bytes of all tensors, loaded or not.</summary>
    public long ByteCount => _tensors.Values.Sum(t => t.Entry.ByteCount);

    /// <summary>Opens the folder's files. Throws <see cref="ModelFormatException"/>.</summary>
    public static Checkpoint Open(string folder)
    {
        Checkpoint checkpoint = new(folder);
        try
        {
            string index = Path.Combine(folder, IndexName);
            if (File.Exists(index))
            {
                checkpoint.AddIndexed(index);
            }
            else
            {
                checkpoint.Add(Path.Combine(folder, SingleName));
            }

            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>A checkpoint of files whose headers alone were read; owns them. Throws <see cref="ModelFormatException"/>.</summary>
    public static Checkpoint FromHeaders(string folder, IEnumerable<SafetensorsFile> files)
    {
        Checkpoint checkpoint = new(folder);
        foreach (SafetensorsFile file in files)
        {
            checkpoint.Add(file);
        }

        return checkpoint;
    }

    /// <summary>The tensor <paramref name="name"/>, or null when no file holds it.</summary>
    public TensorView? Find(string name) =>
        _tensors.TryGetValue(name, out (SafetensorsFile File, TensorEntry Entry) found) ? found.File.View(found.Entry) : null;

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    private void Add(string path) => Add(SafetensorsFile.Open(path));

    private void Add(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (TensorEntry entry in file.Tensors)
        {
            if (!_tensors.TryAdd(entry.Name, (file, entry)))
            {
                string found = $"another in {_tensors[entry.Name].File.Path}";
                throw new ModelFormatException(file.Path, entry.Name, "one tensor of this name", found);
            }
        }
    }

    private void AddIndexed(string indexPath)
    {
        Dictionary<string, string> fileOfTensor = ReadIndex(indexPath);
        foreach (string fileName in fileOfTensor.Values.Distinct().Order(StringComparer.Ordinal))
        {
            Add(Path.Combine(Folder, fileName));
        }

        foreach ((string name, string fileName) in fileOfTensor)
        {
            if (!_tensors.TryGetValue(name, out (SafetensorsFile File, TensorEntry Entry) found)
                || Path.GetFileName(found.File.Path) != fileName)
            {
                throw new ModelFormatException(indexPath, $"weight_map.{name}", $"a tensor in {fileName}", found.File?.Path ?? "none");
            }
        }

        if (_tensors.Keys.FirstOrDefault(name => !fileOfTensor.ContainsKey(name)) is string extra)
        {
            throw new ModelFormatException(indexPath, "weight_map", "every tensor of the files", $"no entry for {extra}");
        }
    }

    private static Dictionary<string, string> ReadIndex(string indexPath)
    {
        if (new FileInfo(indexPath).Length > MaxIndexBytes)
        {
            throw new ModelFormatException(indexPath, "size", $"at most {MaxIndexBytes} bytes", $"{new FileInfo(indexPath).Length}");
        }

        try
        {
            JsonDocumentOptions options = new() { AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(indexPath), options);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(indexPath, "weight_map", "an object from tensor name to file name", "none");
            }

            Dictionary<string, string> files = new(StringComparer.Ordinal);
            foreach (JsonProperty property in map.EnumerateObject())
            {
                string file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() ?? "" : "";
                if (file.Length == 0 || file is "." or ".." || Path.GetFileName(file) != file)
                {
                    throw new ModelFormatException(
                        indexPath, $"weight_map.{property.Name}", "a file name without folders", property.Value.ToString());
                }

                files.Add(property.Name, file);
            }

            return files;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(indexPath, "index", "valid JSON", exception.Message, exception);
        }
    }
}
