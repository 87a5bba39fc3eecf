namespace Baltoro.Kimi.Conversation;

/// <summary>Exact size of a prompt before it runs.</summary>
/// <param name="PromptTokens">Tokens the model would be given, frames and generation prompt included.</param>
public readonly record struct PromptQuote(int PromptTokens);
