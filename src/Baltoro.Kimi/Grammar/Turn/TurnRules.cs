using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>What one answer must look like.</summary>
public sealed record TurnRules
{
    public required SpecialTokens Special { get; init; }

    /// <summary>Whether the prompt ended inside an open thought; thoughts are free text, the rules begin behind them.</summary>
    public bool ThinkingOpen { get; init; }

    /// <summary>Grammar of the answer's text, or null for free text.</summary>
    public CompiledGrammar? Content { get; init; }

    /// <summary>Text of the answer that stands in the prompt already (partial mode); the grammar goes on behind it.</summary>
    public string ContentPrefix { get; init; } = "";

    /// <summary>Where the client wrote <see cref="ContentPrefix"/>, for the refusal of one that fits no document.</summary>
    public string ContentPrefixField { get; init; } = "messages";

    public ToolUse ToolUse { get; init; }

    /// <summary>Tools that may be called; for a named tool choice only that one.</summary>
    public IReadOnlyList<ToolGrammar> Tools { get; init; } = [];

    /// <summary>Whether one answer may hold several calls.</summary>
    public bool Parallel { get; init; } = true;

    /// <summary>Calls earlier in the conversation; ids of new calls count on from here.</summary>
    public int PriorCallCount { get; init; }

    /// <summary>Whether nothing is restricted, so that no constraint is needed.</summary>
    public bool AreEmpty => Content is null && ToolUse == ToolUse.Auto && Tools.Count == 0;
}
