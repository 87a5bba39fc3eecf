namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>
/// An object: declared properties in their order, required ones must appear, optional ones may be skipped, additional
/// ones follow after them.
/// </summary>
internal sealed class ObjectSpec
{
    public ObjectSpec(IReadOnlyList<DeclaredProperty> properties, int additionalKey, int additionalRule, long min, long max)
    {
        Properties = [.. properties];
        AdditionalKey = additionalKey;
        AdditionalRule = additionalRule;
        Min = min;
        Max = max;
        for (int i = 0; i < properties.Count; i++)
        {
            Names.Add(properties[i].QuotedTail, i);
        }

        NamesBelow = Names.ValuesBelow();
        NextRequired = new int[properties.Count + 1];
        RequiredFrom = new int[properties.Count + 1];
        NextRequired[^1] = properties.Count;
        for (int i = properties.Count - 1; i >= 0; i--)
        {
            NextRequired[i] = properties[i].Required ? i : NextRequired[i + 1];
            RequiredFrom[i] = RequiredFrom[i + 1] + (properties[i].Required ? 1 : 0);
        }
    }

    public DeclaredProperty[] Properties { get; }

    /// <summary>Names with their closing quote, without the opening one; values are property indices.</summary>
    public ByteTrie Names { get; } = new();

    /// <summary>Property indices under every node of <see cref="Names"/>.</summary>
    public int[][] NamesBelow { get; }

    /// <summary>String spec of the names of additional properties, or -1 when there are none.</summary>
    public int AdditionalKey { get; set; }

    public int AdditionalRule { get; }

    public long Min { get; }

    public long Max { get; }

    /// <summary>The first required property at or after an index; the count of properties when there is none.</summary>
    public int[] NextRequired { get; }

    /// <summary>How many required properties stand at or after an index.</summary>
    public int[] RequiredFrom { get; }

    /// <summary>How many properties that can exist stand at or after an index; set once the rules are known.</summary>
    public int[] AvailableFrom { get; set; } = [];

    /// <summary>Levels of nesting the smallest such object needs; int.MaxValue when there is none.</summary>
    public int MinDepth { get; set; } = int.MaxValue;

    /// <summary>One declared property.</summary>
    /// <param name="QuotedTail">Name in canonical spelling and the closing quote.</param>
    /// <param name="Rule">Rule of its value.</param>
    /// <param name="Required">Whether it must appear.</param>
    public readonly record struct DeclaredProperty(byte[] QuotedTail, int Rule, bool Required);
}
