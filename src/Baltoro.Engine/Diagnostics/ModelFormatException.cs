namespace Baltoro.Engine.Diagnostics;

/// <summary>A model file that cannot be used: which file, which field or tensor, what was expected and what was found.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string path, string field, string expected, string found, Exception? innerException = null)
        : base($"{path}: {field}: expected {expected}, found {found}", innerException)
    {
        Path = path;
        Field = field;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The JSON field, tensor or file part that is wrong.</summary>
    public string Field { get; }

    public string Expected { get; }

    public string Found { get; }
}
