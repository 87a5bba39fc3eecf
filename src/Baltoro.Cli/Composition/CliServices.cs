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

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The real ones.</summary>
    public static CliServices Default() => new()
    {
        OpenBackend = EmbeddedBackendOpener.OpenAsync,
        Tools = new ModelTools(),
        TextExtractor = DocumentReader.Open(),
    };
}
