using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Model;

/// <summary>The rows of one sequence slice inside a step's row blocks.</summary>
/// <param name="FirstRow">Row of the step where the slice starts.</param>
internal readonly record struct RowRun(SequenceSlice Slice, int FirstRow)
{
    public int RowCount => Slice.Tokens.Length;

    public int EndRow => FirstRow + RowCount;

    public int StartPosition => Slice.StartPosition;

    /// <summary>Positions the last row sees.</summary>
    public int KeyCount => Slice.StartPosition + Slice.Tokens.Length;
}
