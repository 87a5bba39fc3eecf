namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>Thompson's construction of a pattern inside one component of a <see cref="ByteNfa"/>.</summary>
internal sealed class PatternCompiler(ByteNfa nfa, JsonTextEdges edges)
{
    /// <summary>Adds <paramref name="node"/> after <paramref name="from"/> and returns the state behind it.</summary>
    public int Compile(PatternNode node, int from)
    {
        switch (node)
        {
            case PatternNode.Chars chars:
                int to = nfa.AddState(boundary: true);
                edges.Add(chars.Set, from, to);
                return to;
            case PatternNode.Sequence sequence:
                return sequence.Parts.Aggregate(from, (state, part) => Compile(part, state));
            case PatternNode.Choice choice:
                int end = nfa.AddState(boundary: true);
                foreach (PatternNode branch in choice.Branches)
                {
                    int begin = nfa.AddState(boundary: true);
                    nfa.AddJump(from, begin);
                    nfa.AddJump(Compile(branch, begin), end);
                }

                return end;
            case PatternNode.Repeat repeat:
                return CompileRepeat(repeat, from);
            case PatternNode.Start:
                return Jump(from, ByteNfa.EdgeKind.AtStart);
            case PatternNode.End:
                return Jump(from, ByteNfa.EdgeKind.AtEnd);
            default:
                throw new InvalidOperationException($"unknown pattern node {node}");
        }
    }

    private int Jump(int from, ByteNfa.EdgeKind kind)
    {
        int to = nfa.AddState(boundary: true);
        nfa.AddJump(from, to, kind);
        return to;
    }

    private int CompileRepeat(PatternNode.Repeat repeat, int from)
    {
        int state = from;
        for (int i = 0; i < repeat.Min; i++)
        {
            int next = Compile(repeat.Body, state);
            if (next == state)
            {
                return state;
            }

            state = next;
        }

        if (repeat.Max is not { } max)
        {
            int loop = nfa.AddState(boundary: true);
            nfa.AddJump(state, loop);
            nfa.AddJump(Compile(repeat.Body, loop), loop);
            return loop;
        }

        int end = nfa.AddState(boundary: true);
        for (int i = repeat.Min; i < max; i++)
        {
            nfa.AddJump(state, end);
            int next = Compile(repeat.Body, state);
            if (next == state)
            {
                break;
            }

            state = next;
        }

        nfa.AddJump(state, end);
        return end;
    }
}
