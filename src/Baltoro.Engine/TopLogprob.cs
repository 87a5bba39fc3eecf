namespace Baltoro.Engine;

/// <summary>One alternative token and the natural logarithm of its probability.</summary>
public readonly record struct TopLogprob(int TokenId, float Logprob);
