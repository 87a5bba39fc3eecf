using System.Text.Json;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// oneOf equals anyOf where its branches exclude each other. Each pair of branches is compiled as a conjunction; when no
/// value satisfies any pair the union is exact, otherwise the schema is refused.
/// </summary>
internal sealed class ExclusionCheck(AlternativeExpander expander, Func<SchemaSet, int> ruleOf)
{
    private const int MaxPairs = 2_000;
    private readonly List<(SchemaNode Node, int First, int Second, int Rule)> _pairs = [];

    /// <summary>Queues the conjunctions of all oneOf schemas met so far; compiling them may meet more, which are added too.</summary>
    public void AddPairs()
    {
        foreach (SchemaNode node in expander.Exclusive)
        {
            if (node.OneOf.All(branch => branch.Values is not null))
            {
                RefuseEqualConstants(node);
                continue;
            }

            for (int first = 0; first < node.OneOf.Count; first++)
            {
                for (int second = first + 1; second < node.OneOf.Count; second++)
                {
                    AddPair(node, first, second);
                }
            }
        }
    }

    /// <exception cref="SchemaNotSupportedException">Two branches have a value in common.</exception>
    public void RefuseOverlaps(GrammarParts parts)
    {
        foreach ((SchemaNode node, int first, int second, int rule) in _pairs)
        {
            if (parts.Rules[rule].MinDepth != int.MaxValue)
            {
                throw Overlap(node, first, second);
            }
        }
    }

    private static SchemaNotSupportedException Overlap(SchemaNode node, int first, int second) =>
        new(node.Path, "oneOf", $"branches {first} and {second} can both match the same value, which cannot be enforced; use anyOf or make them exclusive");

    private static void RefuseEqualConstants(SchemaNode node)
    {
        List<(JsonElement Value, int Branch)> seen = [];
        for (int branch = 0; branch < node.OneOf.Count; branch++)
        {
            foreach (JsonElement value in node.OneOf[branch].Values ?? [])
            {
                int known = seen.FindIndex(other => other.Branch != branch && JsonValues.AreEqual(value, other.Value));
                if (known >= 0)
                {
                    throw Overlap(node, seen[known].Branch, branch);
                }

                seen.Add((value, branch));
            }
        }
    }

    private void AddPair(SchemaNode node, int first, int second)
    {
        if (_pairs.Count >= MaxPairs)
        {
            throw new SchemaNotSupportedException(node.Path, "oneOf", $"has more than {MaxPairs} pairs of branches to tell apart");
        }

        // The schema around oneOf often states what makes the branches exclusive: a type, a required name.
        SchemaNode around = node.CopyWithoutOneOf(-2 - node.Id);
        _pairs.Add((node, first, second, ruleOf(new SchemaSet([around, node.OneOf[first], node.OneOf[second]], ignoreFormats: true))));
    }
}
