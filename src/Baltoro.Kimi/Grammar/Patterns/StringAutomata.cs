using System.Buffers;

namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>Builds string automata from what a schema says about a string.</summary>
internal static class StringAutomata
{
    private const int StatesPerNfaFactor = 8;

    /// <summary>Any string in any spelling. Shared by all grammars, so that its masks are computed once per vocabulary.</summary>
    public static StringDfa AnySpelling { get; } = BuildAny(canonical: false);

    /// <summary>Any string in canonical spelling (two different spellings are two different texts).</summary>
    public static StringDfa AnyCanonical { get; } = BuildAny(canonical: true);

    /// <summary>Texts in canonical spelling that contain a match of every pattern and have at least <paramref name="minLength"/> code points.</summary>
    /// <returns>Null when there is no such text.</returns>
    /// <exception cref="PatternException">A pattern is malformed, not supported or too large.</exception>
    public static StringDfa? Build(IEnumerable<string> patterns, long minLength, IReadOnlyCollection<string> excluded, int stateLimit)
    {
        var nfa = new ByteNfa(stateLimit * StatesPerNfaFactor);
        foreach (string pattern in patterns)
        {
            AddPattern(nfa, PatternParser.Parse(pattern));
        }

        if (minLength > 0)
        {
            AddMinLength(nfa, minLength);
        }

        if (excluded.Count > 0)
        {
            AddExclusion(nfa, excluded);
        }

        return nfa.ComponentCount == 0 ? AnyCanonical : DfaBuilder.Build(nfa, stateLimit);
    }

    private static StringDfa BuildAny(bool canonical)
    {
        var nfa = new ByteNfa(1000);
        int start = nfa.BeginComponent();
        var edges = new JsonTextEdges(nfa);
        if (canonical)
        {
            edges.Add(CodePointSet.All, start, start);
        }
        else
        {
            edges.AddAnySpelling(start, start);
        }

        nfa.Accept(start);
        return DfaBuilder.Build(nfa, 1000) ?? throw new InvalidOperationException("the automaton of all strings is empty");
    }

    /// <summary>A search: anything, the pattern, anything.</summary>
    private static void AddPattern(ByteNfa nfa, PatternNode pattern)
    {
        int start = nfa.BeginComponent();
        var edges = new JsonTextEdges(nfa);
        if (!BeginsAnchored(pattern))
        {
            edges.Add(CodePointSet.All, start, start);
        }

        int first = nfa.AddState(boundary: true);
        nfa.AddJump(start, first);
        int end = new PatternCompiler(nfa, edges).Compile(pattern, first);
        nfa.Accept(end);
        if (!EndsAnchored(pattern))
        {
            edges.Add(CodePointSet.All, end, end);
        }
    }

    private static bool BeginsAnchored(PatternNode pattern) => pattern switch
    {
        PatternNode.Start => true,
        PatternNode.Sequence sequence => sequence.Parts.Count > 0 && BeginsAnchored(sequence.Parts[0]),
        PatternNode.Choice choice => choice.Branches.All(BeginsAnchored),
        _ => false,
    };

    private static bool EndsAnchored(PatternNode pattern) => pattern switch
    {
        PatternNode.End => true,
        PatternNode.Sequence sequence => sequence.Parts.Count > 0 && EndsAnchored(sequence.Parts[^1]),
        PatternNode.Choice choice => choice.Branches.All(EndsAnchored),
        _ => false,
    };

    private static void AddMinLength(ByteNfa nfa, long minLength)
    {
        int state = nfa.BeginComponent();
        var edges = new JsonTextEdges(nfa);
        for (long i = 0; i < minLength; i++)
        {
            int next = nfa.AddState(boundary: true);
            edges.Add(CodePointSet.All, state, next);
            state = next;
        }

        edges.Add(CodePointSet.All, state, state);
        nfa.Accept(state);
    }

    /// <summary>All texts but <paramref name="excluded"/>: a tree of them whose leaves do not accept, and a state for all that left it.</summary>
    private static void AddExclusion(ByteNfa nfa, IReadOnlyCollection<string> excluded)
    {
        int root = nfa.BeginComponent();
        int outside = nfa.AddState(boundary: true);
        var edges = new JsonTextEdges(nfa);
        edges.Add(CodePointSet.All, outside, outside);
        nfa.Accept(outside);
        var children = new Dictionary<int, SortedDictionary<int, int>> { [root] = [] };
        HashSet<int> words = [];
        foreach (string text in excluded)
        {
            int state = root;
            foreach (System.Text.Rune rune in text.EnumerateRunes())
            {
                if (!children[state].TryGetValue(rune.Value, out int next))
                {
                    next = nfa.AddState(boundary: true);
                    children[state].Add(rune.Value, next);
                    children.Add(next, []);
                }

                state = next;
            }

            words.Add(state);
        }

        foreach ((int state, SortedDictionary<int, int> branches) in children)
        {
            foreach ((int codePoint, int next) in branches)
            {
                edges.Add(CodePointSet.Of((codePoint, codePoint)), state, next);
            }

            edges.Add(CodePointSet.Of(branches.Keys.Select(codePoint => (codePoint, codePoint))).Complement(), state, outside);
            if (!words.Contains(state))
            {
                nfa.Accept(state);
            }
        }
    }

    /// <summary>Whether <paramref name="text"/> is accepted.</summary>
    public static bool Accepts(StringDfa dfa, string text)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Schema.JsonValues.WriteStringContent(text, bytes);
        int state = StringDfa.Start;
        foreach (byte value in bytes.WrittenSpan)
        {
            state = dfa.Next(state, value);
            if (state < 0)
            {
                return false;
            }
        }

        return dfa.IsAccepting(state);
    }
}
