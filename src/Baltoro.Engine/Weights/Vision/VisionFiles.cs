using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Vision;

/// <summary>Finds and loads the vision tower that belongs to a text model.</summary>
internal static class VisionFiles
{
    private const string MmprojPattern = "mmproj*.gguf";

    /// <summary>
    /// The tower in the model's safetensors (described by its config.json), in the file that <paramref name="visionPath"/> names, or
    /// in the one <c>mmproj*.gguf</c> beside the model; null when there is none, which makes it a text model. Throws
    /// <see cref="ModelFormatException"/> for a tower that is incomplete or does not fit.
    /// </summary>
    public static (VisionConfig Config, VisionWeights Weights)? Load(string modelPath, string? visionPath, KimiConfig text, IWeightSource source) =>
        Open(modelPath, visionPath, text, source) is (VisionConfig config, IVisionSource vision)
            ? (config, VisionMap.Load(vision, config))
            : null;

    /// <summary>The tower's shape and its files, which the caller owns, not checked yet; null where <see cref="Load"/> finds none.</summary>
    public static (VisionConfig Config, IVisionSource Source)? Open(string modelPath, string? visionPath, KimiConfig text, IWeightSource source)
    {
        if (visionPath is null && source is CheckpointSource files && CheckpointVision.NamesIn(files).Any())
        {
            string config = Path.Combine(files.Path, ConfigReader.FileName);
            if (VisionConfigReader.ReadFile(config, text) is VisionConfig vision)
            {
                return (vision, new CheckpointVision(files));
            }
        }

        return (visionPath ?? FindMmproj(modelPath)) is string path ? OpenMmproj(path, text) : null;
    }

    private static (VisionConfig Config, IVisionSource Source) OpenMmproj(string path, KimiConfig text)
    {
        GgufModel model = GgufModel.Open(path);
        try
        {
            VisionConfig vision = MmprojConfig.Read(model, text);
            return (vision, new MmprojSource(model, vision));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string? FindMmproj(string modelPath)
    {
        string folder = Directory.Exists(modelPath) ? modelPath : Path.GetDirectoryName(Path.GetFullPath(modelPath)) ?? ".";
        string[] found = Directory.Exists(folder) ? Directory.GetFiles(folder, MmprojPattern) : [];
        return found.Length switch
        {
            0 => null,
            1 => found[0],
            _ => throw new ModelFormatException(
                folder, MmprojPattern, "one file, or the one that the vision path names", string.Join(", ", found.Select(Path.GetFileName).Order())),
        };
    }
}
