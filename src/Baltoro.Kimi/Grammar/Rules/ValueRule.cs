namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>Everything a value may be at one place: the union of its alternatives, as indices into the grammar's specs.</summary>
internal sealed class ValueRule
{
    /// <summary>Constants in canonical spelling, true, false and null among them.</summary>
    public ByteTrie Literals { get; } = new();

    public List<int> Strings { get; } = [];

    public List<int> Numbers { get; } = [];

    /// <summary>Whether any number may stand here, exponents included.</summary>
    public bool AnyNumber { get; set; }

    public List<int> Arrays { get; } = [];

    public List<int> Objects { get; } = [];

    /// <summary>Levels of nesting the flattest value needs; int.MaxValue when no value exists.</summary>
    public int MinDepth { get; set; } = int.MaxValue;

    public bool HasScalar => !Literals.IsEmpty || Strings.Count > 0 || Numbers.Count > 0 || AnyNumber;
}
