using Baltoro.Kimi.Conversation;
using Baltoro.Server.Files.Extraction;

namespace Baltoro.Cli.Composition;

/// <summary>What the verbs are given from outside; tests give their own.</summary>
internal sealed record CliServices
{
    /// <summary>Opens the embedded model of a path (null: the one that ships with the program) beside the data directory of the second path.</summary>
    public required Func<string?, string, CancellationToken, ValueTask<IChatBackend>> OpenBackend { get; init; }

    /// <summary>Engine and tokenizer for <c>inspect</c> and <c>bench</c>; the verbs exist only with them.</summary>
    public IModelTools? Tools { get; init; }

    /// <summary>Finds the text of uploaded documents.</summary>
    public ITextExtractor TextExtractor { get; init; } = new InProcessExtractor();

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Whether the error output shows colours: a terminal, and NO_COLOR does not forbid them.</summary>
    public bool HasColors { get; init; }

    /// <summary>The repository that the program was built from; null when it runs from elsewhere.</summary>
    public string? Repository { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The real ones.</summary>
    public static CliServices Default() => new()
    {
        OpenBackend = EmbeddedBackendOpener.OpenAsync,
        Tools = new ModelTools(),
        TextExtractor = DocumentReader.Open(),
        HasColors = AllowsColors(Console.IsErrorRedirected, Environment.GetEnvironmentVariable),
        Repository = FindRepository(AppContext.BaseDirectory),
    };

    /// <summary>Colours only on a terminal that can show them, and not against NO_COLOR (set to anything but nothing).</summary>
    public static bool AllowsColors(bool isRedirected, Func<string, string?> variable) =>
        !isRedirected && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb";

    /// <summary>The folder above <paramref name="start"/> that holds the evaluation suites, or null.</summary>
    public static string? FindRepository(string start)
    {
        DirectoryInfo? folder = new(start);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "training", "eval")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
