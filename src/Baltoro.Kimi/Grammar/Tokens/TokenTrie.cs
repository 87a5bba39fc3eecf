namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>
/// Byte strings of tokens as a tree in pre-order: a walk is one pass over an array that skips a subtree where the
/// automaton refuses its first byte.
/// </summary>
internal sealed class TokenTrie
{
    private readonly Node[] _nodes;

    private TokenTrie(Node[] nodes)
    {
        _nodes = nodes;
        foreach (Node node in nodes)
        {
            MaxDepth = Math.Max(MaxDepth, node.Depth);
        }
    }

    /// <summary>Nodes in pre-order, without the root.</summary>
    public ReadOnlySpan<Node> Nodes => _nodes;

    /// <summary>Bytes of the longest token.</summary>
    public int MaxDepth { get; }

    /// <summary>Builds a tree; several tokens may have the same bytes. Tokens without bytes are left out.</summary>
    public static TokenTrie Build(IEnumerable<(ReadOnlyMemory<byte> Bytes, int TokenId)> tokens)
    {
        (ReadOnlyMemory<byte> Bytes, int TokenId)[] sorted = [.. tokens.Where(token => !token.Bytes.IsEmpty)];
        Array.Sort(sorted, static (left, right) =>
        {
            int order = left.Bytes.Span.SequenceCompareTo(right.Bytes.Span);
            return order != 0 ? order : left.TokenId.CompareTo(right.TokenId);
        });
        var nodes = new List<Node>();
        var open = new Stack<int>();
        ReadOnlySpan<byte> previous = default;
        foreach ((ReadOnlyMemory<byte> bytes, int tokenId) in sorted)
        {
            ReadOnlySpan<byte> text = bytes.Span;
            int shared = text.CommonPrefixLength(previous);

            // The same bytes again: a second leaf beside the first.
            shared = shared == text.Length ? shared - 1 : shared;
            Close(nodes, open, shared);
            for (int depth = shared; depth < text.Length; depth++)
            {
                open.Push(nodes.Count);
                nodes.Add(new Node(text[depth], (ushort)(depth + 1), depth == text.Length - 1 ? tokenId : -1, 0));
            }

            previous = text;
        }

        Close(nodes, open, 0);
        return new TokenTrie([.. nodes]);
    }

    /// <summary>The longest token that <paramref name="text"/> begins with, and its bytes; -1 when there is none.</summary>
    public (int TokenId, int Length) Longest(ReadOnlySpan<byte> text)
    {
        (int TokenId, int Length) best = (-1, 0);
        int from = 0;
        int end = _nodes.Length;
        for (int depth = 0; depth < text.Length; depth++)
        {
            int node = Child(from, end, text[depth]);
            if (node < 0)
            {
                break;
            }

            if (_nodes[node].TokenId >= 0)
            {
                best = (_nodes[node].TokenId, depth + 1);
            }

            from = node + 1;
            end = _nodes[node].Next;
        }

        return best;
    }

    /// <summary>Whether some token begins with <paramref name="text"/> and is longer.</summary>
    public bool HasLonger(ReadOnlySpan<byte> text)
    {
        int from = 0;
        int end = _nodes.Length;
        foreach (byte value in text)
        {
            int node = Child(from, end, value);
            if (node < 0)
            {
                return false;
            }

            from = node + 1;
            end = _nodes[node].Next;
        }

        return from < end;
    }

    /// <summary>The child with <paramref name="value"/> among the nodes from <paramref name="from"/> to <paramref name="end"/>, or -1.</summary>
    private int Child(int from, int end, byte value)
    {
        for (int i = from; i < end; i = _nodes[i].Next)
        {
            if (_nodes[i].Value == value)
            {
                return i;
            }
        }

        return -1;
    }

    private static void Close(List<Node> nodes, Stack<int> open, int depth)
    {
        while (open.Count > depth)
        {
            int node = open.Pop();
            nodes[node] = nodes[node] with { Next = nodes.Count };
        }
    }

    /// <summary>A node: its byte, its distance from the root, the token that ends here (or -1), and the first node behind its subtree.</summary>
    internal readonly record struct Node(byte Value, ushort Depth, int TokenId, int Next);
}
