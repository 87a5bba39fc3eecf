namespace Baltoro.Kimi.Grammar.Run;

/// <summary>What a stack frame of the automaton is in the middle of.</summary>
internal enum FrameKind : byte
{
    /// <summary>The document is complete.</summary>
    Done,

    /// <summary>Before the first byte of a value.</summary>
    Value,

    /// <summary>Inside one of the constants of a rule.</summary>
    Literal,

    /// <summary>Inside a string.</summary>
    String,

    /// <summary>Inside a number with bounds.</summary>
    Number,

    /// <summary>Inside a number without bounds.</summary>
    AnyNumber,

    /// <summary>Inside an array, between its items.</summary>
    Array,

    /// <summary>Inside an object, between its names and values.</summary>
    Object,

    /// <summary>Inside the name of a declared property.</summary>
    Name,
}
