namespace Baltoro.Engine.Threads;

/// <summary>A run of consecutive items: [Start, Start + Count).</summary>
internal readonly record struct PartRange(int Start, int Count)
{
    public int End => Start + Count;

    /// <summary>The part of this range inside [start, start + count), counted from <paramref name="start"/>; may be empty.</summary>
    public PartRange Within(int start, int count)
    {
        int low = Math.Clamp(Start, start, start + count);
        int high = Math.Clamp(End, start, start + count);
        return new PartRange(low - start, high - low);
    }
}
