namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>All documents of a language as a tree of bytes: what may follow a beginning is what is below it.</summary>
internal sealed class DocumentTree
{
    private readonly SortedDictionary<char, DocumentTree> _children = [];

    public DocumentTree(IEnumerable<string> documents)
    {
        foreach (string document in documents)
        {
            DocumentTree node = this;
            foreach (char value in document)
            {
                if (!node._children.TryGetValue(value, out DocumentTree? next))
                {
                    node._children.Add(value, next = new DocumentTree([]));
                }

                node = next;
            }

            node.IsDocument = true;
        }
    }

    /// <summary>Whether the beginning is a whole document.</summary>
    public bool IsDocument { get; private set; }

    public IReadOnlyDictionary<char, DocumentTree> Children => _children;

    /// <summary>The node below by <paramref name="bytes"/>, or null when no document goes on that way.</summary>
    public DocumentTree? After(string bytes)
    {
        DocumentTree? node = this;
        foreach (char value in bytes)
        {
            node = node?._children.GetValueOrDefault(value);
        }

        return node;
    }

    /// <summary>Every beginning with its node, the empty one first.</summary>
    public IEnumerable<(string Beginning, DocumentTree Node)> Beginnings(string beginning = "") =>
        _children.SelectMany(child => child.Value.Beginnings(beginning + child.Key)).Prepend((beginning, this));
}
