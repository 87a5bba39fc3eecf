using System.Runtime.InteropServices;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Prompt;

/// <summary>What the model is given, and what the parser of its answer has to know about it.</summary>
/// <param name="Ids">Token ids, frames and generation prompt included.</param>
public sealed record RenderedPrompt(IReadOnlyList<int> Ids)
{
    /// <summary>Whether the prompt ends inside an open <c>&lt;think&gt;</c>.</summary>
    public bool ReasoningOpen { get; init; }

    /// <summary>Tool calls in the conversation so far; the next call of the model has this index.</summary>
    public int PriorCallCount { get; init; }

    /// <summary>Pictures and chunks of films, in the order of the prompt.</summary>
    public IReadOnlyList<PromptMedia> Media { get; init; } = [];

    /// <summary>The prompt as readable text, special tokens by name. For people: user text may spell such names too.</summary>
    public string ToText(KimiTokenizer tokenizer) =>
        tokenizer.Decode(Ids is List<int> list ? CollectionsMarshal.AsSpan(list) : [.. Ids]);
}
