namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>Whether an answer may call tools.</summary>
public enum ToolUse
{
    /// <summary>Tool markers never appear.</summary>
    None,

    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>The answer is at least one call and nothing else.</summary>
    Required,
}
