namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// A vocabulary as GGUF files carry it (<c>tokenizer.ggml.*</c>). Ordinary tokens are in GPT-2's byte alphabet and stand at
/// their rank, special tokens follow as literal text.
/// </summary>
/// <param name="Tokens">All tokens, by id.</param>
/// <param name="Types">Per token 1 for ordinary ones, anything else for special and unused ones; null means that the last 256 are special.</param>
/// <param name="Merges">Pairs "left right" in rank order, which engines without Kimi's own merge rule need; not read by ours.</param>
public sealed record ByteLevelVocabulary(IReadOnlyList<string> Tokens, IReadOnlyList<long>? Types, IReadOnlyList<string> Merges)
{
    /// <summary>Type of an ordinary token.</summary>
    public const int NormalType = 1;

    /// <summary>Type of a special token.</summary>
    public const int ControlType = 3;
}
