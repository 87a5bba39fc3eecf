namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>
/// A nondeterministic automaton over the bytes between the quotes of a JSON string. Several components run side by side
/// and all must accept, so that conjunctions (two patterns, a pattern and a length) need no other construction.
/// </summary>
internal sealed class ByteNfa(int stateLimit)
{
    private readonly List<List<Edge>> _edges = [];
    private readonly List<List<(EdgeKind Kind, int Target)>> _jumps = [];
    private readonly List<int> _components = [];
    private readonly List<bool> _boundaries = [];
    private readonly HashSet<int> _accepting = [];

    /// <summary>Kinds of moves that consume nothing.</summary>
    public enum EdgeKind
    {
        Always,
        AtStart,
        AtEnd,
    }

    public int StateCount => _edges.Count;

    public int ComponentCount { get; private set; }

    public List<int> Starts { get; } = [];

    /// <summary>Begins a component with its start state.</summary>
    public int BeginComponent()
    {
        ComponentCount++;
        int start = AddState(boundary: true);
        Starts.Add(start);
        return start;
    }

    /// <summary>Adds a state of the current component; <paramref name="boundary"/> says that it lies between two code points.</summary>
    public int AddState(bool boundary)
    {
        if (_edges.Count >= stateLimit)
        {
            throw new PatternException($"needs more than {stateLimit} states");
        }

        _edges.Add([]);
        _jumps.Add([]);
        _components.Add(ComponentCount - 1);
        _boundaries.Add(boundary);
        return _edges.Count - 1;
    }

    public void Accept(int state) => _accepting.Add(state);

    public void AddEdge(int from, byte low, byte high, int to) => _edges[from].Add(new Edge(low, high, to));

    public void AddJump(int from, int to, EdgeKind kind = EdgeKind.Always) => _jumps[from].Add((kind, to));

    public IReadOnlyList<Edge> EdgesOf(int state) => _edges[state];

    public IReadOnlyList<(EdgeKind Kind, int Target)> JumpsOf(int state) => _jumps[state];

    public int ComponentOf(int state) => _components[state];

    public bool IsBoundary(int state) => _boundaries[state];

    public bool IsAccepting(int state) => _accepting.Contains(state);

    /// <summary>A move on any byte of a range.</summary>
    public readonly record struct Edge(byte Low, byte High, int Target);
}
