namespace Baltoro.Backends.Embedded;

/// <summary>The embedded model is missing or its files do not fit together.</summary>
public sealed class EmbeddedModelException(string path, string expected, string found)
    : Exception($"{path}: expected {expected}, found {found}")
{
    public string Path { get; } = path;

    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
