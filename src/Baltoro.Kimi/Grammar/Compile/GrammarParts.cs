using Baltoro.Kimi.Grammar.Rules;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>The growing lists of a grammar under construction; equal scalars are kept once.</summary>
internal sealed class GrammarParts
{
    private readonly Dictionary<object, int> _scalars = [];

    public List<ValueRule> Rules { get; } = [];

    public List<StringSpec> Strings { get; } = [];

    public List<NumberSpec> Numbers { get; } = [];

    public List<ArraySpec> Arrays { get; } = [];

    public List<ObjectSpec> Objects { get; } = [];

    public int Add(StringSpec spec) => AddOnce(spec, Strings);

    public int Add(NumberSpec spec) => AddOnce(spec, Numbers);

    private int AddOnce<T>(T spec, List<T> list)
        where T : notnull
    {
        if (!_scalars.TryGetValue(spec, out int index))
        {
            index = list.Count;
            list.Add(spec);
            _scalars.Add(spec, index);
        }

        return index;
    }
}
