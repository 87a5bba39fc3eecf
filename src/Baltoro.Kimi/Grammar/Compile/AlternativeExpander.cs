using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// Rewrites a set of schemas to a union of sets without anyOf, oneOf, allOf and $ref (the disjunctive normal form). The
/// schemas in a result count only with their own keywords.
/// </summary>
internal sealed class AlternativeExpander(SchemaLimits limits)
{
    private readonly Dictionary<int, List<SchemaNode[]>> _known = [];

    /// <summary>Schemas with oneOf that were met: their branches must turn out to exclude each other.</summary>
    public HashSet<SchemaNode> Exclusive { get; } = [];

    public List<SchemaNode[]> Expand(SchemaSet set) =>
        set.Nodes.Aggregate(new List<SchemaNode[]> { Array.Empty<SchemaNode>() }, (left, node) => Combine(left, Expand(node), node));

    private List<SchemaNode[]> Expand(SchemaNode node)
    {
        if (_known.TryGetValue(node.Id, out List<SchemaNode[]>? known))
        {
            return known;
        }

        List<SchemaNode[]> result = [[node]];
        if (node.Reference is not null)
        {
            result = Combine(result, Expand(node.Reference), node);
        }

        foreach (SchemaNode part in node.AllOf)
        {
            result = Combine(result, Expand(part), node);
        }

        if (node.AnyOf.Count > 0)
        {
            result = Combine(result, [.. node.AnyOf.SelectMany(Expand)], node);
        }

        if (node.OneOf.Count > 0)
        {
            Exclusive.Add(node);
            result = Combine(result, [.. node.OneOf.SelectMany(Expand)], node);
        }

        _known.Add(node.Id, result);
        return result;
    }

    private List<SchemaNode[]> Combine(List<SchemaNode[]> left, List<SchemaNode[]> right, SchemaNode at)
    {
        List<SchemaNode[]> product = [];
        if ((long)left.Count * right.Count > 64L * limits.Alternatives)
        {
            throw TooMany(at);
        }

        foreach (SchemaNode[] first in left)
        {
            foreach (SchemaNode[] second in right)
            {
                JsonTypes types = Common(first) & Common(second);
                if (types == JsonTypes.None)
                {
                    continue;
                }

                product.Add([.. first.Union(second)]);
                if (product.Count > limits.Alternatives)
                {
                    throw TooMany(at);
                }
            }
        }

        return product;
    }

    private SchemaNotSupportedException TooMany(SchemaNode at) =>
        new(at.Path, at.AnyOf.Count > 0 ? "anyOf" : at.OneOf.Count > 0 ? "oneOf" : "allOf", $"combines to more than {limits.Alternatives} alternatives");

    private static JsonTypes Common(SchemaNode[] nodes)
    {
        JsonTypes types = JsonTypes.All;
        foreach (SchemaNode node in nodes)
        {
            types &= node.IsFalse ? JsonTypes.None : node.Types;
        }

        return types;
    }
}
