namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>A small tree over byte strings: constants of an enum, or property names. Built by adding, then only read.</summary>
internal sealed class ByteTrie
{
    public const int Root = 0;

    private readonly List<Node> _nodes = [new Node(0, -1, -1, -1)];

    /// <summary>Whether anything was added.</summary>
    public bool IsEmpty => _nodes.Count == 1;

    /// <summary>Adds <paramref name="text"/> with <paramref name="value"/> (0 or more); the first value of a text stays.</summary>
    public void Add(ReadOnlySpan<byte> text, int value)
    {
        int node = Root;
        foreach (byte symbol in text)
        {
            int child = Child(node, symbol);
            if (child < 0)
            {
                child = _nodes.Count;
                _nodes.Add(new Node(symbol, -1, _nodes[node].FirstChild, -1));
                _nodes[node] = _nodes[node] with { FirstChild = child };
            }

            node = child;
        }

        if (_nodes[node].Value < 0)
        {
            _nodes[node] = _nodes[node] with { Value = value };
        }
    }

    /// <summary>The node under <paramref name="node"/> by <paramref name="symbol"/>, or -1.</summary>
    public int Child(int node, byte symbol)
    {
        for (int child = _nodes[node].FirstChild; child >= 0; child = _nodes[child].Sibling)
        {
            if (_nodes[child].Symbol == symbol)
            {
                return child;
            }
        }

        return -1;
    }

    /// <summary>The value of the text that ends at <paramref name="node"/>, or -1.</summary>
    public int ValueAt(int node) => _nodes[node].Value;

    public bool HasChildren(int node) => _nodes[node].FirstChild >= 0;

    /// <summary>For every node, the sorted values of the texts that go through it.</summary>
    public int[][] ValuesBelow()
    {
        var below = new List<int>[_nodes.Count];
        for (int node = _nodes.Count - 1; node >= 0; node--)
        {
            List<int> values = [];
            if (_nodes[node].Value >= 0)
            {
                values.Add(_nodes[node].Value);
            }

            for (int child = _nodes[node].FirstChild; child >= 0; child = _nodes[child].Sibling)
            {
                values.AddRange(below[child]);
            }

            values.Sort();
            below[node] = values;
        }

        return [.. below.Select(values => values.ToArray())];
    }

    private readonly record struct Node(byte Symbol, int FirstChild, int Sibling, int Value);
}
