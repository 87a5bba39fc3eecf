namespace Baltoro.Protocol.Completions;

/// <summary>Log probabilities in the old shape: parallel lists, one entry per token.</summary>
/// <param name="Tokens">Text of each token; a broken character shows as U+FFFD.</param>
/// <param name="TokenLogprobs">Natural logarithms; null for the first token of a prompt.</param>
/// <param name="TopLogprobs">Most likely tokens by text.</param>
/// <param name="TextOffset">Where the token begins in the choice's text, in characters.</param>
public sealed record CompletionLogprobs(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<double?> TokenLogprobs,
    IReadOnlyList<IReadOnlyDictionary<string, double>?> TopLogprobs,
    IReadOnlyList<int> TextOffset);
