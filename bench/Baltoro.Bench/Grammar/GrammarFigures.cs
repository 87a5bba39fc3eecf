namespace Baltoro.Bench.Grammar;

/// <summary>Result of one schema; times per mask in microseconds; WarmBytes is what a document allocates once its masks are known.</summary>
public sealed record GrammarFigures(string Schema, double CompileMs, int Tokens, double P50Us, double P90Us, double P99Us, double MaxUs, long WarmBytes);
