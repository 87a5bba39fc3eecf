using System.Diagnostics.CodeAnalysis;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// The key/value part of a GGUF file, handed out as it is: the engine reads the <c>deepseek2.*</c> keys, tokenizer and
/// template keys are for others. Typed getters name file, key, expected and found. Threads: any.
/// </summary>
public sealed class GgufMetadata
{
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, Dictionary<string, GgufValue> values)
    {
        Path = path;
        _values = values;
    }

    /// <summary>The file it came from.</summary>
    public string Path { get; }

    /// <summary>All keys and values.</summary>
    public IReadOnlyDictionary<string, GgufValue> Values => _values;

    /// <summary>
    /// The metadata of the GGUF model at <paramref name="modelPath"/>, a file (of a split model any part, read from the first)
    /// or a folder that holds one; null when the path is a folder of safetensors. Throws <see cref="ModelFormatException"/>.
    /// </summary>
    public static GgufMetadata? Find(string modelPath) =>
        ModelFiles.FindGguf(modelPath) is string file ? GgufFile.ReadHeader(GgufParts.Resolve(file)[0]).Metadata : null;

    public bool TryGet(string key, [NotNullWhen(true)] out GgufValue? value) => _values.TryGetValue(key, out value);

    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>A whole number within [least, most]; null when the key is absent.</summary>
    public long? FindInteger(string key, long least, long most)
    {
        if (!TryGet(key, out GgufValue? value))
        {
            return null;
        }

        return value.AsInteger() is long number && number >= least && number <= most
            ? number
            : throw Wrong(key, $"a whole number in {least}..{most}", value.ToString());
    }

    /// <summary>A whole number within [least, most] that must be there.</summary>
    public int GetInteger(string key, int least, int most) =>
        (int)(FindInteger(key, least, most) ?? throw Wrong(key, $"a whole number in {least}..{most}", "no such key"));

    /// <summary>A finite number; null when the key is absent.</summary>
    public double? FindReal(string key)
    {
        if (!TryGet(key, out GgufValue? value))
        {
            return null;
        }

        return value.AsReal() is double number && double.IsFinite(number) ? number : throw Wrong(key, "a finite number", value.ToString());
    }

    /// <summary>A finite number that must be there.</summary>
    public double GetReal(string key) => FindReal(key) ?? throw Wrong(key, "a finite number", "no such key");

    /// <summary>True or false; null when the key is absent.</summary>
    public bool? FindBoolean(string key)
    {
        if (!TryGet(key, out GgufValue? value))
        {
            return null;
        }

        return value.AsBoolean() ?? throw Wrong(key, "true or false", value.ToString());
    }

    /// <summary>A string; null when the key is absent.</summary>
    public string? FindText(string key)
    {
        if (!TryGet(key, out GgufValue? value))
        {
            return null;
        }

        return value.AsText() ?? throw Wrong(key, "a string", value.ToString());
    }

    internal ModelFormatException Wrong(string key, string expected, string found) => new(Path, key, expected, found);
}
