namespace Baltoro.Protocol.Chat;

/// <summary>OpenAI's place for the cached share of the prompt.</summary>
public sealed record PromptTokensDetails(int CachedTokens);
