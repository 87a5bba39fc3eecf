using System.Text.Json;

namespace Baltoro.Backends.Embedded;

/// <summary>The model's own sampling defaults, from its <c>generation_config.json</c>.</summary>
internal sealed record GenerationDefaults
{
    public float Temperature { get; init; } = 1;

    public float TopP { get; init; } = 1;

    public int TopK { get; init; }

    /// <summary>Reads the file in <paramref name="directory"/>; without one, the model's plain distribution is used.</summary>
    /// <exception cref="EmbeddedModelException">The file is not JSON or a value is out of range.</exception>
    public static GenerationDefaults Load(string directory)
    {
        string path = Path.Combine(directory, "generation_config.json");
        if (!File.Exists(path))
        {
            return new GenerationDefaults();
        }

        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        bool isGreedy = root.TryGetProperty("do_sample", out JsonElement sample) && sample.ValueKind == JsonValueKind.False;
        return new GenerationDefaults
        {
            Temperature = isGreedy ? 0 : (float)Number(path, root, "temperature", 1, 0, 2),
            TopP = (float)Number(path, root, "top_p", 1, double.Epsilon, 1),
            TopK = (int)Number(path, root, "top_k", 0, 0, int.MaxValue),
        };
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new EmbeddedModelException(path, "a JSON object", document.RootElement.ValueKind.ToString());
        }
        catch (JsonException e)
        {
            throw new EmbeddedModelException(path, "JSON", e.Message);
        }
    }

    private static double Number(string path, JsonElement root, string key, double standard, double least, double most)
    {
        if (!root.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return standard;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most
            ? number
            : throw new EmbeddedModelException($"{path}, {key}", $"a number from {least:0.###} to {most:0.###}", value.GetRawText());
    }
}
