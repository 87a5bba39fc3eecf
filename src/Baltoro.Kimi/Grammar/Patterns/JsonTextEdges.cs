namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>
/// Adds the ways a code point is spelled inside a JSON string. Canonical spelling: escapes only where JSON demands them
/// (the short ones, and \u00xx in lower case), everything else as UTF-8 (RFC 3629 ranges, no surrogates).
/// </summary>
internal sealed class JsonTextEdges(ByteNfa nfa)
{
    private readonly Dictionary<(int Target, int Kind), int> _shared = [];

    /// <summary>Moves from <paramref name="from"/> to <paramref name="to"/> on one code point of <paramref name="set"/>.</summary>
    public void Add(CodePointSet set, int from, int to)
    {
        foreach ((int low, int high) in set.Ranges)
        {
            AddControls(low, Math.Min(high, 0x1F), from, to);
            AddAscii(Math.Max(low, 0x20), Math.Min(high, 0x7F), from, to);
            AddLonger(Math.Max(low, 0x80), Math.Min(high, 0x7FF), 2, from, to);
            AddLonger(Math.Max(low, 0x800), Math.Min(high, 0xFFFF), 3, from, to);
            AddLonger(Math.Max(low, 0x10000), high, 4, from, to);
        }
    }

    /// <summary>Moves on any code point in any spelling JSON allows, surrogate pairs as pairs only.</summary>
    public void AddAnySpelling(int from, int to)
    {
        Add(CodePointSet.Of((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF)), from, to);
        int escape = NewState();
        nfa.AddEdge(from, (byte)'\\', (byte)'\\', escape);
        foreach (char letter in "\"\\/bfnrt")
        {
            nfa.AddEdge(escape, (byte)letter, (byte)letter, to);
        }

        int unit = NewState();
        nfa.AddEdge(escape, (byte)'u', (byte)'u', unit);
        int three = HexDigits(3, to);
        AddHex(unit, "0123456789abcefABCEF", three);
        int afterD = NewState();
        AddHex(unit, "dD", afterD);
        AddHex(afterD, "01234567", HexDigits(2, to));
        int highLast = NewState();
        int high = NewState();
        AddHex(afterD, "89abAB", high);
        AddHex(high, "0123456789abcdefABCDEF", highLast);
        int slash = NewState();
        AddHex(highLast, "0123456789abcdefABCDEF", slash);
        int lowU = NewState();
        nfa.AddEdge(slash, (byte)'\\', (byte)'\\', lowU);
        int lowD = NewState();
        nfa.AddEdge(lowU, (byte)'u', (byte)'u', lowD);
        int lowSecond = NewState();
        AddHex(lowD, "dD", lowSecond);
        AddHex(lowSecond, "cdefCDEF", HexDigits(2, to));
    }

    private int NewState() => nfa.AddState(boundary: false);

    private void AddHex(int from, string digits, int to)
    {
        foreach (char digit in digits)
        {
            nfa.AddEdge(from, (byte)digit, (byte)digit, to);
        }
    }

    private int HexDigits(int count, int to)
    {
        int next = to;
        for (int i = 0; i < count; i++)
        {
            int state = NewState();
            AddHex(state, "0123456789abcdefABCDEF", next);
            next = state;
        }

        return next;
    }

    private void AddControls(int low, int high, int from, int to)
    {
        for (int codePoint = low; codePoint <= high; codePoint++)
        {
            int letter = "\b\t\n\f\r".IndexOf((char)codePoint);
            if (letter >= 0)
            {
                AddEscape(from, "btnfr"[letter], to);
            }
            else
            {
                int last = AddShared(to, codePoint, state => nfa.AddEdge(state, HexDigit(codePoint & 15), HexDigit(codePoint & 15), to));
                int tens = AddShared(last, 1000, state => nfa.AddEdge(state, HexDigit(codePoint >> 4), HexDigit(codePoint >> 4), last));
                int zero = AddShared(tens, 1001, state => nfa.AddEdge(state, (byte)'0', (byte)'0', tens));
                int unit = AddShared(zero, 1002, state => nfa.AddEdge(state, (byte)'0', (byte)'0', zero));
                AddEscape(from, 'u', unit);
            }
        }
    }

    private void AddEscape(int from, char letter, int to)
    {
        int escape = AddShared(to, 2000 + letter, state => nfa.AddEdge(state, (byte)letter, (byte)letter, to));
        nfa.AddEdge(from, (byte)'\\', (byte)'\\', escape);
    }

    private void AddAscii(int low, int high, int from, int to)
    {
        int next = low;
        foreach (int special in (ReadOnlySpan<int>)['"', '\\'])
        {
            if (special >= next && special <= high)
            {
                AddRange(from, next, special - 1, to);
                AddEscape(from, (char)special, to);
                next = special + 1;
            }
        }

        AddRange(from, next, high, to);
    }

    private void AddRange(int from, int low, int high, int to)
    {
        if (low <= high)
        {
            nfa.AddEdge(from, (byte)low, (byte)high, to);
        }
    }

    /// <summary>Splits code points of one encoded length at continuation borders (the utf8-ranges method).</summary>
    private void AddLonger(int low, int high, int length, int from, int to)
    {
        if (low > high)
        {
            return;
        }

        for (int i = 1; i < length; i++)
        {
            int mask = (1 << (6 * i)) - 1;
            if ((low & ~mask) == (high & ~mask))
            {
                continue;
            }

            if ((low & mask) != 0)
            {
                AddLonger(low, low | mask, length, from, to);
                AddLonger((low | mask) + 1, high, length, from, to);
                return;
            }

            if ((high & mask) != mask)
            {
                AddLonger(low, (high & ~mask) - 1, length, from, to);
                AddLonger(high & ~mask, high, length, from, to);
                return;
            }
        }

        int target = to;
        for (int i = length - 1; i > 0; i--)
        {
            int shift = 6 * (length - 1 - i);
            int first = 0x80 | ((low >> shift) & 0x3F);
            int last = 0x80 | ((high >> shift) & 0x3F);
            int next = target;
            target = AddShared(next, 10_000 + (first * 256) + last, state => nfa.AddEdge(state, (byte)first, (byte)last, next));
        }

        int lead = length switch { 2 => 0xC0, 3 => 0xE0, _ => 0xF0 };
        int leadShift = 6 * (length - 1);
        nfa.AddEdge(from, (byte)(lead | (low >> leadShift)), (byte)(lead | (high >> leadShift)), target);
    }

    /// <summary>A state with one outgoing move, made once per target and kind.</summary>
    private int AddShared(int target, int kind, Action<int> addEdge)
    {
        if (!_shared.TryGetValue((target, kind), out int state))
        {
            state = NewState();
            addEdge(state);
            _shared.Add((target, kind), state);
        }

        return state;
    }

    private static byte HexDigit(int value) => (byte)"0123456789abcdef"[value];
}
