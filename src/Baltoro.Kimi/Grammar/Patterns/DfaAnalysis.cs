namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>Facts about automaton states that are computed once after construction.</summary>
internal static class DfaAnalysis
{
    private const int MaxUniversalRounds = 16;

    /// <summary>
    /// Fewest code points that must still begin before acceptance, int.MaxValue where it cannot be reached. Leaving a
    /// boundary state costs one, other moves nothing (0-1 breadth-first search, backwards).
    /// </summary>
    public static int[] Distances(int[] next, int width, bool[] accepting, bool[] boundary)
    {
        int count = accepting.Length;
        var sources = new List<int>[count];
        for (int i = 0; i < next.Length; i++)
        {
            if (next[i] >= 0)
            {
                (sources[next[i]] ??= []).Add(i / width);
            }
        }

        var distance = new int[count];
        Array.Fill(distance, int.MaxValue);
        var queue = new LinkedList<int>();
        for (int state = 0; state < count; state++)
        {
            if (accepting[state])
            {
                distance[state] = 0;
                queue.AddLast(state);
            }
        }

        while (queue.First is { } first)
        {
            queue.RemoveFirst();
            foreach (int source in sources[first.Value] ?? [])
            {
                int cost = distance[first.Value] + (boundary[source] ? 1 : 0);
                if (cost < distance[source])
                {
                    distance[source] = cost;
                    _ = boundary[source] ? queue.AddLast(source) : queue.AddFirst(source);
                }
            }
        }

        return distance;
    }

    /// <summary>
    /// States from which every text without escapes can follow, accepted after each code point: the largest set of
    /// accepting boundary states closed under all unescaped code points. All false when it does not settle in 16 rounds.
    /// </summary>
    public static bool[] Universal(int[] next, int width, byte[] classes, bool[] accepting, bool[] boundary)
    {
        bool[] universal = [.. accepting.Zip(boundary, (accepts, between) => accepts && between)];
        for (int round = 0; round < MaxUniversalRounds; round++)
        {
            bool changed = false;
            for (int state = 0; state < universal.Length; state++)
            {
                if (universal[state] && !StaysInside(next, width, classes, universal, state))
                {
                    universal[state] = false;
                    changed = true;
                }
            }

            if (!changed)
            {
                return universal;
            }
        }

        return new bool[universal.Length];
    }

    private static bool StaysInside(int[] next, int width, byte[] classes, bool[] universal, int state)
    {
        bool After(int from, int low, int high, ReadOnlySpan<(byte Low, byte High)> rest)
        {
            int lastClass = -1;
            for (int value = low; value <= high; value++)
            {
                if (classes[value] == lastClass)
                {
                    continue;
                }

                lastClass = classes[value];
                int target = next[(from * width) + lastClass];
                if (target < 0 || (rest.IsEmpty ? !universal[target] : !After(target, rest[0].Low, rest[0].High, rest[1..])))
                {
                    return false;
                }
            }

            return true;
        }

        (byte, byte) any = (0x80, 0xBF);
        return After(state, 0x20, 0x21, [])
            && After(state, 0x23, 0x5B, [])
            && After(state, 0x5D, 0x7F, [])
            && After(state, 0xC2, 0xDF, [any])
            && After(state, 0xE0, 0xE0, [(0xA0, 0xBF), any])
            && After(state, 0xE1, 0xEC, [any, any])
            && After(state, 0xED, 0xED, [(0x80, 0x9F), any])
            && After(state, 0xEE, 0xEF, [any, any])
            && After(state, 0xF0, 0xF0, [(0x90, 0xBF), any, any])
            && After(state, 0xF1, 0xF3, [any, any, any])
            && After(state, 0xF4, 0xF4, [(0x80, 0x8F), any, any]);
    }
}
