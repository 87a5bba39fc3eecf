using System.Text.Json;
using Baltoro.Kimi.Grammar.Compile;
using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar;

/// <summary>
/// A schema compiled to a pushdown automaton over bytes: rules for values, with an explicit stack instead of recursion.
/// Accepts compact JSON (no white space) only; everything it accepts validates. Immutable; safe for any number of threads.
/// </summary>
public sealed class CompiledGrammar
{
    internal CompiledGrammar(GrammarParts parts, int root, int maxDepth)
    {
        Root = root;
        MaxDepth = maxDepth;
        Rules = [.. parts.Rules];
        Strings = [.. parts.Strings];
        Numbers = [.. parts.Numbers];
        Arrays = [.. parts.Arrays];
        Objects = [.. parts.Objects];
    }

    internal int Root { get; }

    /// <summary>Levels of nesting an accepted document may have.</summary>
    internal int MaxDepth { get; }

    internal ValueRule[] Rules { get; }

    internal StringSpec[] Strings { get; }

    internal NumberSpec[] Numbers { get; }

    internal ArraySpec[] Arrays { get; }

    internal ObjectSpec[] Objects { get; }

    /// <summary>Rough size in memory, for bounded caches.</summary>
    public long SizeBytes =>
        (Rules.Length * 400L) + (Objects.Sum(spec => spec.Properties.Length) * 300L) + (Strings.Select(spec => spec.Dfa).Distinct().Sum(dfa => dfa.StateCount) * 200L);

    /// <summary>Compiles <paramref name="schema"/>.</summary>
    /// <exception cref="SchemaNotSupportedException">The schema is malformed, too large, unsatisfiable or not enforceable.</exception>
    public static CompiledGrammar Compile(SchemaDocument schema) => new GrammarCompiler(schema).Compile();

    /// <inheritdoc cref="Compile(SchemaDocument)"/>
    public static CompiledGrammar Compile(JsonElement schema, SchemaLimits? limits = null) => Compile(SchemaDocument.Read(schema, limits));

    /// <summary>A grammar of fixed texts, which need not be JSON.</summary>
    internal static CompiledGrammar OfTexts(IEnumerable<string> texts)
    {
        var rule = new ValueRule { MinDepth = 0 };
        foreach (string text in texts)
        {
            rule.Literals.Add(System.Text.Encoding.UTF8.GetBytes(text), 0);
        }

        var parts = new GrammarParts();
        parts.Rules.Add(rule);
        return new CompiledGrammar(parts, 0, 1);
    }

    /// <summary>The grammar of any JSON object, for <c>response_format: json_object</c> and for tools that are not strict.</summary>
    public static CompiledGrammar CompileAnyObject()
    {
        using JsonDocument document = JsonDocument.Parse("""{"type":"object"}""");
        return Compile(document.RootElement);
    }
}
