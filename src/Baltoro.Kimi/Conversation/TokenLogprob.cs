namespace Baltoro.Kimi.Conversation;

/// <summary>Log probability of one output token.</summary>
/// <param name="Bytes">The token's bytes; may be a part of a UTF-8 character.</param>
/// <param name="Logprob">Natural logarithm of its probability before temperature and truncation.</param>
/// <param name="Top">The most likely alternatives, best first; empty inside an alternative.</param>
/// <param name="Forced">Whether a format left no choice, so that the model was not asked: then the logarithm is 0.</param>
public sealed record TokenLogprob(ReadOnlyMemory<byte> Bytes, double Logprob, IReadOnlyList<TokenLogprob> Top, bool Forced = false);
