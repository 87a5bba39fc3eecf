namespace Baltoro.Kimi.Vision;

/// <summary>A preprocessor_config.json is garbled or asks for what is not supported.</summary>
public sealed class VisionSettingsException(string path, string field, string expected, string found)
    : Exception($"{path}: {field}: expected {expected}, found {found}")
{
    public string Path { get; } = path;

    public string Field { get; } = field;
}
