namespace Baltoro.Backends.Embedded;

/// <summary>Finds the model that is served without an upstream.</summary>
public static class EmbeddedModel
{
    /// <summary>Where the model lies, relative to the folder of the executable or one above it.</summary>
    public static readonly string DefaultPath = Path.Combine("models", "kimi-nano");

    /// <summary>
    /// The given path, or else the nearest <c>models/kimi-nano</c> at or above the executable's folder.
    /// </summary>
    /// <param name="path">A model folder or file that takes the default's place, or null.</param>
    /// <param name="start">Folder to search from; null means the executable's.</param>
    /// <exception cref="EmbeddedModelException">There is no model; the message names where it was looked for.</exception>
    public static string Locate(string? path = null, string? start = null)
    {
        if (path is not null)
        {
            return IsModel(path) ? Path.GetFullPath(path) : throw new EmbeddedModelException(path, "a model folder (config.json, or a GGUF file in it), or a model file", "none");
        }

        string begin = start ?? AppContext.BaseDirectory;
        for (DirectoryInfo? directory = new(begin); directory is not null; directory = directory.Parent)
        {
            string candidate = Path.Combine(directory.FullName, DefaultPath);
            if (IsModel(candidate))
            {
                return candidate;
            }
        }

        throw new EmbeddedModelException(Path.Combine(begin, DefaultPath), "a model folder with config.json, here or in a folder above", "none");
    }

    /// <summary>Folder in which the tokenizer of a model lies: the model folder itself, or that of the model file.</summary>
    public static string FolderOf(string modelPath) =>
        Directory.Exists(modelPath) ? modelPath : Path.GetDirectoryName(Path.GetFullPath(modelPath)) ?? modelPath;

    private static bool IsModel(string path) =>
        File.Exists(path) || File.Exists(Path.Combine(path, "config.json")) || (Directory.Exists(path) && Directory.EnumerateFiles(path, "*.gguf").Any());
}
