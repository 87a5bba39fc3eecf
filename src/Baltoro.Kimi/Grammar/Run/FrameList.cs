namespace Baltoro.Kimi.Grammar.Run;

/// <summary>A growing list of frames that can be cut back.</summary>
internal sealed class FrameList
{
    private Frame[] _frames = new Frame[32];

    public int Count { get; private set; }

    public ref Frame this[int index] => ref _frames[index];

    public void Add(in Frame frame)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, _frames.Length * 2);
        }

        _frames[Count++] = frame;
    }

    public void CutTo(int count) => Count = count;

    public Span<Frame> Slice(int from, int to) => _frames.AsSpan(from, to - from);
}
