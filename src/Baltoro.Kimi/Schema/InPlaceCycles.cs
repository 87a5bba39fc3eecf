namespace Baltoro.Kimi.Schema;

/// <summary>Finds schemas that refer to themselves without going into a child value: they would never terminate.</summary>
internal sealed class InPlaceCycles(IReadOnlyList<SchemaNode> nodes)
{
    private readonly byte[] _marks = new byte[nodes.Count];

    /// <exception cref="SchemaNotSupportedException">There is such a cycle.</exception>
    public void Refuse()
    {
        foreach (SchemaNode node in nodes)
        {
            Visit(node);
        }
    }

    /// <summary>Depth is bounded by the longest chain of in-place references, which the stack guard bounds in turn.</summary>
    private void Visit(SchemaNode node)
    {
        if (_marks[node.Id] == 2)
        {
            return;
        }

        if (_marks[node.Id] == 1)
        {
            throw new SchemaNotSupportedException(node.Path, "$ref", "detected infinite recursion without termination condition");
        }

        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        _marks[node.Id] = 1;
        foreach (SchemaNode next in node.InPlace)
        {
            Visit(next);
        }

        _marks[node.Id] = 2;
    }
}
