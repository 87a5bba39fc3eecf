using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;

namespace Baltoro.Server.Streaming;

/// <summary>What all parts of one answer share.</summary>
/// <param name="Id">Id of the answer.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The id the client sent.</param>
/// <param name="ChoiceCount">Number of choices.</param>
/// <param name="Thinking">Whether the request thinks.</param>
/// <param name="HasLogprobs">Whether log probabilities were asked for.</param>
/// <param name="IncludeUsage">Whether a stream ends with a usage chunk of its own.</param>
internal sealed record ReplyFrame(
    string Id, long Created, string Model, int ChoiceCount, bool Thinking, bool HasLogprobs, bool IncludeUsage)
{
    /// <summary>Names the model and the program that answer.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Whether calls are told in the old shape, <c>function_call</c>.</summary>
    public bool IsLegacyFunctions { get; init; }

    /// <summary>Whether every chunk of a stream carries the counts so far.</summary>
    public bool ContinuousUsage { get; init; }

    public int PromptTokens { get; init; }

    /// <summary>Id of the receipt, told with the final counts; null when there will be none.</summary>
    public string? Receipt { get; init; }

    /// <summary>Wire word of <paramref name="reason"/>.</summary>
    public string FinishOf(ChatFinishReason reason) => reason == ChatFinishReason.ToolCalls && IsLegacyFunctions
        ? "function_call"
        : WireNames.Of(reason);

    public static UsageBlock UsageOf(ChatUsage counts) =>
        UsageBlock.Of(counts.PromptTokens, counts.CachedTokens, counts.CompletionTokens, counts.ReasoningTokens);
}
