namespace Baltoro.Kimi.Schema;

/// <summary>Sizes a schema may have. Anything larger is refused, before any work in proportion to it is done.</summary>
public sealed record SchemaLimits
{
    /// <summary>Characters of the schema's JSON text.</summary>
    public int SchemaChars { get; init; } = 120_000;

    /// <summary>Nesting of sub-schemas.</summary>
    public int Depth { get; init; } = 30;

    /// <summary>Sub-schemas in the whole document.</summary>
    public int Nodes { get; init; } = 10_000;

    /// <summary>Property names in the whole document.</summary>
    public int Properties { get; init; } = 3_000;

    /// <summary>Values of one enum.</summary>
    public int EnumValues { get; init; } = 1_000;

    /// <summary>Branches of one anyOf, oneOf or allOf.</summary>
    public int Branches { get; init; } = 500;

    /// <summary>Characters of one pattern.</summary>
    public int PatternChars { get; init; } = 2_000;

    /// <summary>Largest minItems: a lower bound that no answer could reach is refused, an upper bound costs nothing.</summary>
    public int MinItems { get; init; } = 10_000;

    /// <summary>Largest minLength.</summary>
    public int MinLength { get; init; } = 100_000;

    /// <summary>Combinations that anyOf, oneOf and allOf multiply out to at one place.</summary>
    public int Alternatives { get; init; } = 1_024;

    /// <summary>Rules of the compiled grammar.</summary>
    public int Rules { get; init; } = 20_000;

    /// <summary>States of one string automaton.</summary>
    public int StringStates { get; init; } = 20_000;

    /// <summary>States of all string automata of one grammar together.</summary>
    public int TotalStringStates { get; init; } = 60_000;

    /// <summary>Nesting of generated documents; common parsers stop at 64.</summary>
    public int InstanceDepth { get; init; } = 60;
}
