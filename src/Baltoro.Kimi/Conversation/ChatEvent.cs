namespace Baltoro.Kimi.Conversation;

/// <summary>
/// What a backend says, in order, for one request. Per choice: reasoning, then text, then tool calls, then exactly one
/// <see cref="Finish"/>. After all choices one <see cref="Usage"/> ends the stream; or one <see cref="Fault"/> does (I7).
/// </summary>
public abstract record ChatEvent
{
    private ChatEvent()
    {
    }

    /// <summary>Thinking text; never splits a character.</summary>
    public sealed record ReasoningDelta(int Choice, string Text, IReadOnlyList<TokenLogprob>? Logprobs = null) : ChatEvent;

    /// <summary>Answer text; never splits a character.</summary>
    public sealed record TextDelta(int Choice, string Text, IReadOnlyList<TokenLogprob>? Logprobs = null) : ChatEvent;

    /// <summary>A call opens; sent once per call with its full id and name.</summary>
    public sealed record ToolCallStart(int Choice, int CallIndex, string Id, string Name) : ChatEvent;

    /// <summary>A piece of the arguments' JSON text.</summary>
    public sealed record ToolCallArguments(int Choice, int CallIndex, string Json) : ChatEvent;

    /// <summary>
    /// The prompt's tokens with their log probabilities, before anything else of the choice; only when the request asks for
    /// it. The first token has none: its value is NaN.
    /// </summary>
    public sealed record PromptTokens(int Choice, IReadOnlyList<TokenLogprob> Tokens) : ChatEvent;

    /// <summary>Tokens of the choice up to here; only when the request asks for it.</summary>
    public sealed record Progress(int Choice, int CompletionTokens, int ReasoningTokens) : ChatEvent;

    /// <summary>The choice is complete.</summary>
    public sealed record Finish(int Choice, ChatFinishReason Reason) : ChatEvent;

    /// <summary>Final token counts over all choices.</summary>
    public sealed record Usage(ChatUsage Counts) : ChatEvent;

    /// <summary>The request failed; nothing follows. <paramref name="Field"/> is the path of the field at fault, where there is one.</summary>
    public sealed record Fault(ChatFaultKind Kind, string Message, string? Field = null) : ChatEvent;
}
