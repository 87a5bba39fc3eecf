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

    /// <summary>An error at a known place: <paramref name="offset"/> bytes from the start of the file.</summary>
    public ModelFormatException(string path, string field, long offset, string expected, string found, Exception? innerException = null)
        : base($"{path}: {field} at byte {offset}: expected {expected}, found {found}", innerException)
    {
        Path = path;
        Field = field;
        Offset = offset;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The JSON field, tensor or file part that is wrong.</summary>
    public string Field { get; }

    /// <summary>Byte of the file at which the wrong part begins, where one is known.</summary>
    public long? Offset { get; }

    public string Expected { get; }

    public string Found { get; }
}
