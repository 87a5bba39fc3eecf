namespace Baltoro.Protocol.Tokens;

/// <summary>Tokens the prompt of a request has.</summary>
public sealed record TokenCount(int TotalTokens);
