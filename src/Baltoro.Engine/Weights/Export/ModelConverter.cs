using Baltoro.Engine.Model;
using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Weights.Gguf;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The library half of <c>models convert</c>: any readable model to one GGUF file in a folder of its own, a vision tower to a second.</summary>
public static class ModelConverter
{
    /// <summary>Name of the file written.</summary>
    public const string FileName = "model.gguf";

    private static readonly string[] SideFiles =
    [
        "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json", "tokenizer.json",
        "special_tokens_map.json", "tiktoken.model", "chat_template.jinja", "LICENSE",
    ];

    /// <summary>
    /// Converts <paramref name="path"/> into <paramref name="folder"/>, which is created. <paramref name="tokenizer"/> are
    /// <c>tokenizer.*</c> keys for a source without them (safetensors); a GGUF source's own are carried over.
    /// <paramref name="progress"/> hears each tensor's name. Throws <see cref="Diagnostics.ModelFormatException"/>.
    /// </summary>
    public static ConversionReport Convert(
        string path,
        string folder,
        GgufScheme scheme,
        IReadOnlyList<KeyValuePair<string, GgufValue>> tokenizer,
        Action<string>? progress = null)
    {
        (KimiConfig config, IWeightSource source) = ModelFiles.Open(path);
        using (source)
        {
            List<KeyValuePair<string, GgufValue>> metadata = Metadata(path, config, scheme, tokenizer);
            Directory.CreateDirectory(folder);
            string target = Path.Combine(folder, FileName);
            using GgufExporter exporter = new(source, config, progress);
            exporter.Write(target, scheme, metadata);
            string[] tower = ConvertTower(path, folder, config, source, progress);
            string sourceFolder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
            return new ConversionReport(target, source.ByteCount, new FileInfo(target).Length, [.. tower, .. CopySideFiles(sourceFolder, folder)]);
        }
    }

    /// <summary>Names of the files written: one, or none where the model sees no pictures.</summary>
    private static string[] ConvertTower(string path, string folder, KimiConfig config, IWeightSource source, Action<string>? progress)
    {
        if (VisionFiles.Open(path, null, config, source) is not (VisionConfig vision, IVisionSource tower))
        {
            return [];
        }

        using (tower)
        {
            MmprojExporter.Write(Path.Combine(folder, MmprojExporter.FileName), vision, tower, progress);
        }

        return [MmprojExporter.FileName];
    }

    private static List<KeyValuePair<string, GgufValue>> Metadata(
        string path, KimiConfig config, GgufScheme scheme, IReadOnlyList<KeyValuePair<string, GgufValue>> tokenizer)
    {
        GgufMetadata? carried = GgufMetadata.Find(path);
        string name = carried?.FindText("general.name") ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        List<KeyValuePair<string, GgufValue>> metadata = GgufKeys.Of(config, scheme, name, path);
        HashSet<string> present = [.. metadata.Select(pair => pair.Key)];
        IEnumerable<KeyValuePair<string, GgufValue>> others = carried?.Values.Where(pair => IsCarried(pair.Key)) ?? [];
        metadata.AddRange(others.Concat(tokenizer).Where(pair => present.Add(pair.Key)));
        return metadata;
    }

    private static bool IsCarried(string key) =>
        !key.StartsWith("deepseek2.", StringComparison.Ordinal) && !key.StartsWith("split.", StringComparison.Ordinal);

    private static string[] CopySideFiles(string from, string to)
    {
        string[] names = [.. SideFiles.Where(name => File.Exists(Path.Combine(from, name)))];
        bool same = Path.GetFullPath(from) == Path.GetFullPath(to);
        foreach (string name in same ? [] : names)
        {
            File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
        }

        return same ? [] : names;
    }
}
