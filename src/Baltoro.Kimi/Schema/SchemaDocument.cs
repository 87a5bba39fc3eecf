namespace Baltoro.Kimi.Schema;

/// <summary>A schema read and checked against the limits. Immutable; safe for any number of threads.</summary>
public sealed class SchemaDocument
{
    internal SchemaDocument(SchemaNode root, IReadOnlyList<SchemaNode> nodes, SchemaLimits limits)
    {
        Root = root;
        Nodes = nodes;
        Limits = limits;
    }

    internal SchemaNode Root { get; }

    internal IReadOnlyList<SchemaNode> Nodes { get; }

    internal SchemaLimits Limits { get; }

    /// <summary>Reads <paramref name="schema"/> (JSON Schema Draft 2020-12, the part that can be enforced).</summary>
    /// <exception cref="SchemaNotSupportedException">Malformed, over a limit, or not enforceable.</exception>
    public static SchemaDocument Read(System.Text.Json.JsonElement schema, SchemaLimits? limits = null) =>
        new SchemaReader(schema, limits ?? new SchemaLimits()).Read();
}
