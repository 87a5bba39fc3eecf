using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights;

/// <summary>Opens a model path: a folder with config.json and safetensors, or a GGUF file (any part of a split one).</summary>
internal static class ModelFiles
{
    private const string GgufExtension = ".gguf";

    /// <summary>
    /// The config and the weights' source, which the caller owns. A folder without config.json may hold one GGUF model.
    /// Throws <see cref="ModelFormatException"/>.
    /// </summary>
    public static (KimiConfig Config, IWeightSource Source) Open(string path)
    {
        string chosen = Directory.Exists(path) ? FromFolder(path) : path;
        if (chosen.EndsWith(GgufExtension, StringComparison.OrdinalIgnoreCase))
        {
            return OpenGguf(chosen);
        }

        KimiConfig config = ConfigReader.ReadFile(Path.Combine(chosen, ConfigReader.FileName));
        return (config, new CheckpointSource(Checkpoint.Open(chosen), config.Quantization));
    }

    /// <summary>The GGUF file that <paramref name="path"/> stands for, or null when it is a folder of safetensors.</summary>
    public static string? FindGguf(string path)
    {
        string chosen = Directory.Exists(path) ? FromFolder(path) : path;
        return chosen.EndsWith(GgufExtension, StringComparison.OrdinalIgnoreCase) ? chosen : null;
    }

    private static (KimiConfig Config, IWeightSource Source) OpenGguf(string path)
    {
        GgufModel model = GgufModel.Open(path);
        try
        {
            KimiConfig config = GgufConfig.Read(model);
            return (config, new GgufSource(model, config));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string FromFolder(string folder)
    {
        bool hasWeights = File.Exists(Path.Combine(folder, Checkpoint.SingleName)) || File.Exists(Path.Combine(folder, Checkpoint.IndexName));
        string[] files = hasWeights ? [] : Directory.GetFiles(folder, "*" + GgufExtension);
        IEnumerable<string> models = files.Where(file => !Path.GetFileName(file).StartsWith("mmproj", StringComparison.OrdinalIgnoreCase));
        string[] first = [.. models.Select(file => GgufParts.Resolve(file)[0]).Distinct().Order(StringComparer.Ordinal)];
        string names = string.Join(", ", first.Select(Path.GetFileName));
        return first.Length switch
        {
            0 => folder,
            1 => first[0],
            _ => throw new ModelFormatException(folder, "folder", "one model", $"{first.Length}: {names}"),
        };
    }
}
