namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>A pattern that is malformed, not regular, or too large; the compiler adds path and keyword.</summary>
internal sealed class PatternException(string message) : Exception(message);
