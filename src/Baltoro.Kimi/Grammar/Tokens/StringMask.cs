namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>
/// Tokens allowed in one state of a string: those that stay inside it or end exactly with its closing quote, and the
/// rests of those that go on behind the quote, which depend on what surrounds the string.
/// </summary>
internal sealed record StringMask(ulong[] Allowed, TokenTrie Rests);
