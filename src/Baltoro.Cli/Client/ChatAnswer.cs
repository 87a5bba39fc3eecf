namespace Baltoro.Cli.Client;

/// <summary>The answer to a <see cref="ChatCall"/>.</summary>
internal sealed record ChatAnswer(string Content, string Reasoning, string FinishReason, int PromptTokens, int CompletionTokens)
{
    /// <summary>The tool calls, in order.</summary>
    public IReadOnlyList<AnsweredCall> Calls { get; init; } = [];
}
