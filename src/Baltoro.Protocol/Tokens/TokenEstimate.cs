namespace Baltoro.Protocol.Tokens;

/// <summary>The answer of <c>POST /v1/tokenizers/estimate-token-count</c>.</summary>
public sealed record TokenEstimate(TokenCount Data);
