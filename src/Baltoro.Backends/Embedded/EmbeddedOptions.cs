using Baltoro.Engine;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Backends.Embedded;

/// <summary>Settings of the embedded backend.</summary>
public sealed record EmbeddedOptions
{
    public EngineOptions Engine { get; init; } = new();

    public PromptOptions Prompt { get; init; } = new();
}
