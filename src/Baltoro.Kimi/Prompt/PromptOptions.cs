namespace Baltoro.Kimi.Prompt;

/// <summary>What the built-in chat template leaves open.</summary>
public sealed record PromptOptions
{
    /// <summary>
    /// System text inserted, after the tool declarations, when the first message is not a system message. K2 and K2.5 at
    /// its launch used <c>You are Kimi, an AI assistant created by Moonshot AI.</c>; the later template has none.
    /// </summary>
    public string? DefaultSystem { get; init; }
}
