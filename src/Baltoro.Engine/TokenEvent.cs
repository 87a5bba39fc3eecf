namespace Baltoro.Engine;

/// <summary>A generated token, or the end of the sequence (exactly one end per accepted request, I7).</summary>
/// <param name="TokenId">The token, or -1 in an end event.</param>
/// <param name="Logprob">Natural logarithm of the token's probability before bias, temperature and truncation; 0 when not asked for.</param>
/// <param name="Top">Most likely alternatives, best first, or null when not asked for.</param>
/// <param name="Finish">Null for a token; the reason for the end event.</param>
/// <param name="CachedTokens">Prompt tokens taken from the cache; set in the end event.</param>
/// <param name="FaultMessage">Set when <paramref name="Finish"/> is <see cref="FinishReason.Fault"/>.</param>
/// <param name="Forced">Whether the request's constraint left no choice, so that the model was not asked; the log probability is 0.</param>
public readonly record struct TokenEvent(
    int TokenId,
    float Logprob,
    TopLogprob[]? Top,
    FinishReason? Finish,
    int CachedTokens,
    string? FaultMessage,
    bool Forced = false);
