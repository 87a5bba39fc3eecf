namespace Baltoro.Protocol.Chat;

/// <summary>OpenAI's place for the thinking share of the completion.</summary>
public sealed record CompletionTokensDetails(int ReasoningTokens);
