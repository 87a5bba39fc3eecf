using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>Finds the model files: the path that was given, or <c>models/kimi-nano</c> beside or above the program.</summary>
internal static class ModelLocator
{
    private static readonly string DefaultModel = Path.Combine("models", "kimi-nano");

    /// <summary>A folder with a config.json, or a GGUF file.</summary>
    /// <exception cref="StartFailure">There is none.</exception>
    public static string Find(string? given, string programFolder)
    {
        if (given is not null)
        {
            return IsModel(given)
                ? Path.GetFullPath(given)
                : throw new StartFailure(
                    ExitCode.Model, $"model {Path.GetFullPath(given)}: expected a folder with config.json or a GGUF file, found neither");
        }

        for (DirectoryInfo? folder = new(programFolder); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, DefaultModel);
            if (IsModel(candidate))
            {
                return candidate;
            }
        }

        throw new StartFailure(
            ExitCode.Model, $"no model: there is no {DefaultModel} at or above {programFolder}; name one with --model or BALTORO_MODEL");
    }

    private static bool IsModel(string path) =>
        File.Exists(Path.Combine(path, "config.json"))
        || (File.Exists(path) && path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase));
}
