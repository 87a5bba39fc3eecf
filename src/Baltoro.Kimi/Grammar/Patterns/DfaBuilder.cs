namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>Subset construction over byte classes, then removal of states that cannot reach acceptance.</summary>
internal sealed class DfaBuilder
{
    private const long WorkLimit = 20_000_000;
    private readonly ByteNfa _nfa;
    private readonly int _stateLimit;
    private readonly byte[] _classes = new byte[256];
    private readonly List<byte> _representatives = [];
    private readonly Dictionary<int[], int> _numbers = new(IntSetComparer.Instance);
    private readonly List<int[]> _sets = [];
    private readonly List<int> _next = [];
    private readonly int[] _marks;
    private readonly int[] _componentMarks;
    private int _mark;
    private long _work;

    private DfaBuilder(ByteNfa nfa, int stateLimit)
    {
        _nfa = nfa;
        _stateLimit = stateLimit;
        _marks = new int[nfa.StateCount];
        _componentMarks = new int[nfa.ComponentCount];
    }

    /// <summary>The automaton that accepts what all components accept, or null when that is nothing.</summary>
    /// <exception cref="PatternException">More states than the limit.</exception>
    public static StringDfa? Build(ByteNfa nfa, int stateLimit)
    {
        var builder = new DfaBuilder(nfa, stateLimit);
        builder.FindClasses();
        builder.Explore();
        return builder.Finish();
    }

    private void FindClasses()
    {
        var starts = new bool[257];
        starts[0] = true;
        for (int state = 0; state < _nfa.StateCount; state++)
        {
            foreach (ByteNfa.Edge edge in _nfa.EdgesOf(state))
            {
                starts[edge.Low] = true;
                starts[edge.High + 1] = true;
            }
        }

        for (int value = 0; value < 256; value++)
        {
            if (starts[value])
            {
                _representatives.Add((byte)value);
            }

            _classes[value] = (byte)(_representatives.Count - 1);
        }
    }

    private void Explore()
    {
        List<int> members = [];
        _mark++;
        foreach (int start in _nfa.Starts)
        {
            AddClosure(start, members, ByteNfa.EdgeKind.AtStart);
        }

        NumberOf(members);
        if (AcceptsEmptyAtStart() && !Accepts(_sets[0]))
        {
            // Only the very start may accept: the same set met later is another state.
            _numbers.Clear();
        }

        for (int state = 0; state < _sets.Count; state++)
        {
            foreach (byte value in _representatives)
            {
                members.Clear();
                _mark++;
                Move(_sets[state], value, members);
                _next.Add(HasAllComponents(members) ? NumberOf(members) : -1);
            }
        }
    }

    private void Move(int[] set, byte value, List<int> members)
    {
        foreach (int state in set)
        {
            foreach (ByteNfa.Edge edge in _nfa.EdgesOf(state))
            {
                if (value >= edge.Low && value <= edge.High)
                {
                    AddClosure(edge.Target, members, ByteNfa.EdgeKind.Always);
                }
            }
        }
    }

    /// <summary>Adds a state and what it reaches without a byte; jumps of kind <paramref name="allowed"/> are taken too.</summary>
    private void AddClosure(int first, List<int> members, ByteNfa.EdgeKind allowed)
    {
        if (_marks[first] == _mark)
        {
            return;
        }

        int from = members.Count;
        _marks[first] = _mark;
        members.Add(first);
        for (int i = from; i < members.Count; i++)
        {
            if (++_work > WorkLimit)
            {
                throw new PatternException("is too complex");
            }

            foreach ((ByteNfa.EdgeKind kind, int target) in _nfa.JumpsOf(members[i]))
            {
                if ((kind == ByteNfa.EdgeKind.Always || kind == allowed) && _marks[target] != _mark)
                {
                    _marks[target] = _mark;
                    members.Add(target);
                }
            }
        }
    }

    private bool HasAllComponents(List<int> members)
    {
        int found = 0;
        foreach (int state in members)
        {
            ref int seen = ref _componentMarks[_nfa.ComponentOf(state)];
            found += seen == _mark ? 0 : 1;
            seen = _mark;
        }

        return found == _nfa.ComponentCount;
    }

    private int NumberOf(List<int> members)
    {
        members.Sort();
        int[] set = [.. members];
        if (_numbers.TryGetValue(set, out int number))
        {
            return number;
        }

        if (_sets.Count >= _stateLimit)
        {
            throw new PatternException($"needs more than {_stateLimit} states");
        }

        _numbers.Add(set, _sets.Count);
        _sets.Add(set);
        return _sets.Count - 1;
    }

    /// <summary>Whether every component accepts when the text ends in this set.</summary>
    private bool Accepts(int[] set)
    {
        List<int> members = [];
        _mark++;
        foreach (int state in set)
        {
            AddClosure(state, members, ByteNfa.EdgeKind.AtEnd);
        }

        members.RemoveAll(state => !_nfa.IsAccepting(state));
        return HasAllComponents(members);
    }

    private bool AcceptsEmptyAtStart()
    {
        // Both anchors hold in the empty text: follow jumps of both kinds until nothing is added.
        HashSet<int> seen = [.. _nfa.Starts];
        var queue = new Queue<int>(seen);
        while (queue.TryDequeue(out int state))
        {
            foreach ((_, int target) in _nfa.JumpsOf(state))
            {
                if (seen.Add(target))
                {
                    queue.Enqueue(target);
                }
            }
        }

        return seen.Where(_nfa.IsAccepting).Select(_nfa.ComponentOf).Distinct().Count() == _nfa.ComponentCount;
    }

    private StringDfa? Finish()
    {
        int count = _sets.Count;
        int width = _representatives.Count;
        bool[] accepting = [.. _sets.Select(Accepts)];
        bool[] boundary = [.. _sets.Select(set => _nfa.IsBoundary(set[0]))];
        accepting[0] |= AcceptsEmptyAtStart();
        for (int state = 0; state < count; state++)
        {
            accepting[state] &= boundary[state];
        }

        int[] distance = DfaAnalysis.Distances([.. _next], width, accepting, boundary);
        if (distance[0] == int.MaxValue)
        {
            return null;
        }

        return Trim(width, accepting, boundary, distance);
    }

    private StringDfa Trim(int width, bool[] accepting, bool[] boundary, int[] distance)
    {
        int[] kept = [.. Enumerable.Range(0, distance.Length).Where(state => distance[state] != int.MaxValue)];
        var number = new int[distance.Length];
        Array.Fill(number, -1);
        for (int i = 0; i < kept.Length; i++)
        {
            number[kept[i]] = i;
        }

        var next = new int[kept.Length * width];
        for (int i = 0; i < kept.Length; i++)
        {
            for (int c = 0; c < width; c++)
            {
                int target = _next[(kept[i] * width) + c];
                next[(i * width) + c] = target < 0 ? -1 : number[target];
            }
        }

        bool[] keptAccepting = [.. kept.Select(state => accepting[state])];
        bool[] keptBoundary = [.. kept.Select(state => boundary[state])];
        bool[] universal = DfaAnalysis.Universal(next, width, _classes, keptAccepting, keptBoundary);
        return new StringDfa(next, _classes, width, keptAccepting, keptBoundary, [.. kept.Select(state => distance[state])], universal);
    }

    private sealed class IntSetComparer : IEqualityComparer<int[]>
    {
        public static IntSetComparer Instance { get; } = new();

        public bool Equals(int[]? left, int[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(int[] set)
        {
            uint hash = 2166136261;
            foreach (int value in set)
            {
                hash = (hash ^ (uint)value) * 16777619;
            }

            return (int)hash;
        }
    }
}
