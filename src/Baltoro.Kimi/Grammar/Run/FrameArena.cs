namespace Baltoro.Kimi.Grammar.Run;

/// <summary>Frames that others stand on. Grows at the end; a walk cuts it back to a mark.</summary>
internal sealed class FrameArena
{
    private Frame[] _frames = new Frame[64];
    private int[] _moved = [];

    public int Count { get; private set; }

    public ref readonly Frame this[int index] => ref _frames[index];

    public int Push(in Frame frame)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, _frames.Length * 2);
        }

        _frames[Count] = frame;
        return Count++;
    }

    public void CutTo(int count) => Count = count;

    /// <summary>Drops every frame that none of <paramref name="heads"/> stands on; parents are renumbered in place.</summary>
    public void Compact(Span<Frame> heads)
    {
        if (_moved.Length < Count)
        {
            _moved = new int[_frames.Length];
        }

        Span<int> moved = _moved.AsSpan(0, Count);
        moved.Fill(-1);
        foreach (ref readonly Frame head in heads)
        {
            for (int at = head.Parent; at >= 0 && moved[at] < 0; at = _frames[at].Parent)
            {
                moved[at] = 0;
            }
        }

        // Parents have lower indices than what stands on them, so one pass upwards suffices.
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (moved[i] < 0)
            {
                continue;
            }

            Frame frame = _frames[i];
            frame.Parent = frame.Parent < 0 ? -1 : moved[frame.Parent];
            _frames[kept] = frame;
            moved[i] = kept++;
        }

        foreach (ref Frame head in heads)
        {
            head.Parent = head.Parent < 0 ? -1 : moved[head.Parent];
        }

        Count = kept;
    }
}
