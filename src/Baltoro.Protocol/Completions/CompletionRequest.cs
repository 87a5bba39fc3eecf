using Baltoro.Protocol.Chat;

namespace Baltoro.Protocol.Completions;

/// <summary>The body of <c>POST /v1/completions</c>: types are checked, values are not.</summary>
/// <param name="Common">The fields it shares with a chat request; there are no messages.</param>
/// <param name="Prompts">Prompts in order.</param>
public sealed record CompletionRequest(ChatCompletionRequest Common, IReadOnlyList<WirePrompt> Prompts)
{
    /// <summary>Whether the text begins with the prompt.</summary>
    public bool Echo { get; init; }

    /// <summary>Alternatives per token; null for no log probabilities.</summary>
    public long? Logprobs { get; init; }

    public long? BestOf { get; init; }

    public string? Suffix { get; init; }
}
