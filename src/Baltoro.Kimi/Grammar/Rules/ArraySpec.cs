namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>An array: rules of its first items, the rule of the others (-1: none may follow), and its length.</summary>
internal sealed class ArraySpec(int[] prefix, int items, long min, long max)
{
    public int[] Prefix { get; } = prefix;

    public int Items { get; } = items;

    public long Min { get; } = min;

    /// <summary>Lowered to the first item that cannot exist, once the rules are known.</summary>
    public long Max { get; set; } = max;

    /// <summary>Levels of nesting the shortest such array needs; int.MaxValue when there is none.</summary>
    public int MinDepth { get; set; } = int.MaxValue;

    /// <summary>The rule of item <paramref name="index"/>.</summary>
    public int RuleOf(long index) => index < Prefix.Length ? Prefix[index] : Items;
}
