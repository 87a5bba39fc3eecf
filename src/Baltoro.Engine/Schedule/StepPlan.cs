namespace Baltoro.Engine.Schedule;

/// <summary>What one forward step computes. Plain data from the scheduler to the model runner; reused between steps (I9).</summary>
public sealed class StepPlan
{
    public List<SequenceSlice> Slices { get; } = [];

    /// <summary>Rows over all slices.</summary>
    public int RowCount
    {
        get
        {
            int rows = 0;
            foreach (SequenceSlice slice in Slices)
            {
                rows += slice.Tokens.Length;
            }

            return rows;
        }
    }
}
