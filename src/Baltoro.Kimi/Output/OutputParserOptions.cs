namespace Baltoro.Kimi.Output;

/// <summary>What the parser has to know about the request whose answer it reads.</summary>
public sealed record OutputParserOptions
{
    /// <summary>Index of the answer among the choices of the request.</summary>
    public int Choice { get; init; }

    /// <summary>Whether the prompt ended inside an open thought.</summary>
    public bool ReasoningOpen { get; init; }

    /// <summary>Tool calls of the conversation before this answer; the ids of new calls count on from here.</summary>
    public int PriorCallCount { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>
    /// Whether tools were declared. Only then is the misspelling <c>&lt;|tool_call_section_begin|&gt;</c>, which models
    /// at times write as plain text, read as the beginning of tool calls.
    /// </summary>
    public bool HasTools { get; init; }

    /// <summary>Whether the text is held to a grammar: then it may spell anything, and nothing in it is read as a marker.</summary>
    public bool HasTextGrammar { get; init; }
}
