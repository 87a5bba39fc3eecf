using Baltoro.Kimi.Grammar.Patterns;
using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>Builds string automata for sets of schemas; equal demands share one automaton, and all together have a limit.</summary>
internal sealed class StringCompiler(SchemaLimits limits)
{
    private readonly Dictionary<string, StringDfa?> _known = [];
    private int _states;

    /// <summary>The patterns <paramref name="node"/> states, its format's among them.</summary>
    public IEnumerable<string> PatternsOf(SchemaNode node, bool ignoreFormats)
    {
        if (node.Pattern is not null)
        {
            yield return node.Pattern;
        }

        if (!ignoreFormats && node.Format is not null && FormatPatterns.For(node.Format) is { } pattern)
        {
            yield return pattern;
        }
    }

    /// <summary>The automaton of one pattern alone; null when nothing matches it.</summary>
    public StringDfa? Search(string pattern, SchemaNode node) => Build([pattern], 0, [], node);

    /// <summary>String values that satisfy all <paramref name="nodes"/>; null when there are none.</summary>
    public StringSpec? Compile(IReadOnlyList<SchemaNode> nodes, bool ignoreFormats)
    {
        (List<string> patterns, long min, long max, SchemaNode? at) = Demands(nodes, ignoreFormats);
        if (min > max)
        {
            return null;
        }

        return patterns.Count == 0
            ? new StringSpec(StringAutomata.AnySpelling, min, max)
            : Limit(Build(patterns, min, [], at ?? nodes[0]), max);
    }

    /// <summary>Names of additional properties: all but <paramref name="declared"/> that satisfy <paramref name="nodes"/>.</summary>
    public StringSpec? CompileNames(IReadOnlyList<SchemaNode> nodes, IReadOnlyCollection<string> declared, bool ignoreFormats, SchemaNode owner)
    {
        (List<string> patterns, long min, long max, SchemaNode? at) = Demands(nodes, ignoreFormats);
        return min > max ? null : Limit(Build(patterns, min, declared, at ?? owner), max);
    }

    private static StringSpec? Limit(StringDfa? dfa, long max) =>
        dfa is null || dfa.Distance(StringDfa.Start) > max ? null : new StringSpec(dfa, 0, max);

    private (List<string> Patterns, long Min, long Max, SchemaNode? At) Demands(IReadOnlyList<SchemaNode> nodes, bool ignoreFormats)
    {
        List<string> patterns = [];
        long min = 0;
        long max = long.MaxValue;
        SchemaNode? at = null;
        foreach (SchemaNode node in nodes)
        {
            min = Math.Max(min, node.MinLength);
            max = Math.Min(max, node.MaxLength);
            foreach (string pattern in PatternsOf(node, ignoreFormats))
            {
                at ??= node;
                patterns.Add(pattern);
            }
        }

        return ([.. patterns.Distinct()], min, max, at);
    }

    private StringDfa? Build(IReadOnlyList<string> patterns, long min, IReadOnlyCollection<string> excluded, SchemaNode at)
    {
        string key = $"{min}\n{excluded.Count}\n{string.Join('\n', patterns)}\n\0{string.Join('\0', excluded)}";
        if (_known.TryGetValue(key, out StringDfa? known))
        {
            return known;
        }

        try
        {
            StringDfa? dfa = StringAutomata.Build(patterns, min, excluded, Math.Min(limits.StringStates, limits.TotalStringStates - _states));
            _states += dfa?.StateCount ?? 0;
            _known.Add(key, dfa);
            return dfa;
        }
        catch (PatternException fault)
        {
            string keyword = at.Pattern is not null ? "pattern" : at.Format is not null ? "format" : min > 0 ? "minLength" : "additionalProperties";
            throw new SchemaNotSupportedException(at.Path, keyword, fault.Message);
        }
    }
}
