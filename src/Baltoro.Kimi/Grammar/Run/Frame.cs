namespace Baltoro.Kimi.Grammar.Run;

/// <summary>
/// One frame of the automaton's stack. Parents lie in an arena and are never changed once something points at them, so
/// that many stacks share their lower part.
/// </summary>
internal struct Frame
{
    /// <summary>Arena index of the frame below, or -1.</summary>
    public int Parent;

    /// <summary>Index of the rule or spec, by <see cref="Kind"/>.</summary>
    public int Index;

    /// <summary>Position inside the frame, by <see cref="Kind"/>.</summary>
    public int State;

    /// <summary>Objects and names: the next declared property. Numbers: digits behind the point.</summary>
    public int Next;

    public FrameKind Kind;

    /// <summary>Numbers: whether there is a minus sign.</summary>
    public bool Negative;

    /// <summary>Levels of nesting around this frame.</summary>
    public ushort Depth;

    /// <summary>Strings: code points begun. Arrays: items begun. Objects: properties begun (additional ones in the high half). Numbers: the digits so far.</summary>
    public Int128 Data;

    public readonly bool Equals(in Frame other) =>
        Parent == other.Parent && Index == other.Index && State == other.State && Next == other.Next && Kind == other.Kind
        && Negative == other.Negative && Depth == other.Depth && Data == other.Data;
}
