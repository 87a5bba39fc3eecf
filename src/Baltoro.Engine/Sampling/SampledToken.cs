namespace Baltoro.Engine.Sampling;

/// <summary>A drawn token; <paramref name="Top"/> is null unless alternatives were asked for; <paramref name="Forced"/> says that it was not drawn.</summary>
public readonly record struct SampledToken(int TokenId, float Logprob, TopLogprob[]? Top, bool Forced = false);
