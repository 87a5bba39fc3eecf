namespace Baltoro.Platform.Prices;

/// <summary>
/// What one request used. <paramref name="CachedTokens"/> is a part of <paramref name="PromptTokens"/> and
/// <paramref name="ReasoningTokens"/> a part of <paramref name="CompletionTokens"/>; dialects that exclude them are
/// converted before they get here.
/// </summary>
public readonly record struct TokenUsage(
    int PromptTokens, int CachedTokens, int CompletionTokens, int ReasoningTokens = 0, int Images = 0, int Calls = 0)
{
    /// <summary>Prompt and completion together.</summary>
    public int TotalTokens => checked(PromptTokens + CompletionTokens);

    /// <summary>Whether the identities hold: no count negative, no part larger than its whole.</summary>
    public bool IsConsistent =>
        PromptTokens >= 0 && CompletionTokens >= 0 && Images >= 0 && Calls >= 0
        && CachedTokens >= 0 && CachedTokens <= PromptTokens && ReasoningTokens >= 0 && ReasoningTokens <= CompletionTokens;
}
