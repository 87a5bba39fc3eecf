namespace Baltoro.Kimi.Conversation;

/// <summary>Token counts of one request. Completion counts include the reasoning tokens.</summary>
public readonly record struct ChatUsage(int PromptTokens, int CachedTokens, int CompletionTokens, int ReasoningTokens)
{
    public int TotalTokens => PromptTokens + CompletionTokens;
}
