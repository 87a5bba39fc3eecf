namespace Baltoro.Kimi.Tests.Support;

/// <summary>Places of the files that tests read.</summary>
internal static class TestPaths
{
    /// <summary>Repository root: the nearest folder upward that holds the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Folder of the published tokenizer, or null when it is not at hand.</summary>
    public static string? RealTokenizer
    {
        get
        {
            string shared = Environment.GetEnvironmentVariable("BALTORO_SHARED") ?? Path.Combine(Root, "..", "shared");
            string directory = Path.Combine(shared, "kimi-k2.5");
            return File.Exists(Path.Combine(directory, "tiktoken.model")) ? directory : null;
        }
    }

    /// <summary>Folder of the embedded nano model, or null while it is not built.</summary>
    public static string? NanoModel
    {
        get
        {
            string directory = Path.Combine(Root, "models", "kimi-nano");
            return File.Exists(Path.Combine(directory, "tiktoken.model")) ? directory : null;
        }
    }

    public static string Data(params string[] parts) => Path.Combine([Root, "tests", "data", .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Baltoro.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"no Baltoro.slnx above {AppContext.BaseDirectory}");
    }
}
