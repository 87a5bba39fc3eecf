namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>A set of Unicode scalar values as sorted, disjoint, inclusive ranges. Surrogates are never in it.</summary>
internal sealed class CodePointSet
{
    private const int Max = 0x10FFFF;

    private CodePointSet(List<(int Low, int High)> ranges) => Ranges = ranges;

    public static CodePointSet All { get; } = Of((0, Max));

    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    public static CodePointSet Of(params IEnumerable<(int Low, int High)> ranges)
    {
        List<(int Low, int High)> merged = [];
        foreach ((int low, int high) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.Low))
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, high));
            }
            else
            {
                merged.Add((low, high));
            }
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet Union(params IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(set => set.Ranges));

    public CodePointSet Complement()
    {
        List<(int Low, int High)> gaps = [];
        int next = 0;
        foreach ((int low, int high) in Ranges)
        {
            if (low > next)
            {
                gaps.Add((next, low - 1));
            }

            next = high + 1;
        }

        if (next <= Max)
        {
            gaps.Add((next, Max));
        }

        return Of(gaps);
    }

    private static IEnumerable<(int Low, int High)> WithoutSurrogates((int Low, int High) range)
    {
        if (range.Low < 0xD800)
        {
            yield return (range.Low, Math.Min(range.High, 0xD7FF));
        }

        if (range.High > 0xDFFF)
        {
            yield return (Math.Max(range.Low, 0xE000), range.High);
        }
    }
}
