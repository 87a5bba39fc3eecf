using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Backends.Embedded;

/// <summary>How far a request came before its first token. Filled by its start, read by its stream.</summary>
internal sealed class EmbeddedRun
{
    /// <summary>What the model is given; null when it could not be rendered.</summary>
    public RenderedPrompt? Prompt { get; set; }

    /// <summary>Choices that run; none after a fault or a cancel.</summary>
    public List<ChoiceReader> Choices { get; } = [];

    /// <summary>Why nothing runs, or null.</summary>
    public ChatEvent.Fault? Fault { get; set; }

    /// <summary>Memory of the pictures, to be given back at the end.</summary>
    public IDisposable? Held { get; set; }
}
