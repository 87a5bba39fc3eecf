using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// Schemas that apply to one value together, and whether formats count. Two sets of the same schemas are equal. Formats
/// are left out where a set is only asked whether it is empty, because a format's automaton may accept less than it.
/// </summary>
internal sealed class SchemaSet : IEquatable<SchemaSet>
{
    private readonly int _hash;

    public SchemaSet(IEnumerable<SchemaNode?> nodes, bool ignoreFormats)
    {
        Nodes = [.. nodes.Where(node => node is not null && !IsTrivial(node)).Select(node => node!).DistinctBy(node => node.Id).OrderBy(node => node.Id)];
        IgnoreFormats = ignoreFormats;
        var hash = new HashCode();
        hash.Add(ignoreFormats);
        foreach (SchemaNode node in Nodes)
        {
            hash.Add(node.Id);
        }

        _hash = hash.ToHashCode();
    }

    public IReadOnlyList<SchemaNode> Nodes { get; }

    public bool IgnoreFormats { get; }

    public bool Equals(SchemaSet? other) =>
        other is not null && IgnoreFormats == other.IgnoreFormats && Nodes.Select(node => node.Id).SequenceEqual(other.Nodes.Select(node => node.Id));

    public override bool Equals(object? obj) => Equals(obj as SchemaSet);

    public override int GetHashCode() => _hash;

    /// <summary>Whether the schema allows anything, so that leaving it out makes sets equal more often.</summary>
    private static bool IsTrivial(SchemaNode node) =>
        node is
        {
            IsFalse: false,
            Types: JsonTypes.All,
            Values: null,
            Minimum: null,
            Maximum: null,
            MultipleOf: null,
            MinLength: 0,
            MaxLength: long.MaxValue,
            Pattern: null,
            Format: null,
            Items: null,
            PrefixItems.Count: 0,
            MinItems: 0,
            MaxItems: long.MaxValue,
            Properties.Count: 0,
            Required.Count: 0,
            AdditionalProperties: null,
            PropertyNames: null,
            MinProperties: 0,
            MaxProperties: long.MaxValue,
            AnyOf.Count: 0,
            OneOf.Count: 0,
            AllOf.Count: 0,
            Reference: null,
        };
}
