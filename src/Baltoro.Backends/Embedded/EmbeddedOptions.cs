using Baltoro.Engine;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Backends.Embedded;

/// <summary>Settings of the embedded backend.</summary>
public sealed record EmbeddedOptions
{
    internal const long DefaultMediaBytes = 2L << 30;

    public EngineOptions Engine { get; init; } = new();

    public PromptOptions Prompt { get; init; } = new();

    /// <summary>Memory for the pictures of running requests, as patches; what does not fit waits for a retry.</summary>
    public long MaxMediaBytes { get; init; } = DefaultMediaBytes;
}
