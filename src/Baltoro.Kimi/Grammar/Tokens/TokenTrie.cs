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

    /// <summary>The node of the first token that equals <paramref name="text"/> or goes through it, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int from = 0;
        int end = _nodes.Length;
        int found = -1;
        foreach (byte value in text)
        {
            found = Child(from, end, value);
            if (found < 0)
            {
                return -1;
            }

            from = found + 1;
            end = _nodes[found].Next;
        }

        return found;
    }

    /// <summary>The child with <paramref name="value"/> among the nodes from <paramref name="from"/> to <paramref name="end"/>, or -1.</summary>
    public int Child(int from, int end, byte value)
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
