namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>A tool that may be called and the grammar of its arguments (that of any object when it is not strict).</summary>
public sealed record ToolGrammar(string Name, CompiledGrammar Arguments);
