using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// Compiles a schema: every set of schemas that can meet at one place becomes a rule, made once; a queue instead of
/// recursion walks from the root, so that recursive schemas end.
/// </summary>
internal sealed class GrammarCompiler
{
    private readonly SchemaDocument _schema;
    private readonly GrammarParts _parts = new();
    private readonly Dictionary<SchemaSet, int> _rules = [];
    private readonly Queue<(SchemaSet Set, int Rule)> _open = new();
    private readonly AlternativeExpander _expander;
    private readonly StringCompiler _strings;
    private readonly InstanceCheck _check;
    private readonly ObjectCompiler _objects;

    public GrammarCompiler(SchemaDocument schema)
    {
        _schema = schema;
        _expander = new AlternativeExpander(schema.Limits);
        _strings = new StringCompiler(schema.Limits);
        _check = new InstanceCheck(_strings);
        _objects = new ObjectCompiler(_parts, _strings, _check, _expander, RuleOf);
    }

    public CompiledGrammar Compile()
    {
        int root = RuleOf(new SchemaSet([_schema.Root], ignoreFormats: false));
        CompileOpen();
        var exclusions = new ExclusionCheck(_expander, RuleOf);
        exclusions.AddPairs();
        CompileOpen();
        new RuleCompletion(_parts).Run();
        exclusions.RefuseOverlaps(_parts);
        if (_parts.Rules[root].MinDepth > _schema.Limits.InstanceDepth)
        {
            throw new SchemaNotSupportedException("", "schema", _parts.Rules[root].MinDepth == int.MaxValue
                ? "no value can satisfy it"
                : $"every value nests deeper than {_schema.Limits.InstanceDepth}");
        }

        return new CompiledGrammar(_parts, root, _schema.Limits.InstanceDepth);
    }

    private int RuleOf(SchemaSet set)
    {
        if (_rules.TryGetValue(set, out int rule))
        {
            return rule;
        }

        if (_parts.Rules.Count >= _schema.Limits.Rules)
        {
            throw new SchemaNotSupportedException(set.Nodes.Count > 0 ? set.Nodes[0].Path : "", "schema", $"needs more than {_schema.Limits.Rules} rules");
        }

        rule = _parts.Rules.Count;
        _parts.Rules.Add(new ValueRule());
        _rules.Add(set, rule);
        _open.Enqueue((set, rule));
        return rule;
    }

    private void CompileOpen()
    {
        while (_open.TryDequeue(out (SchemaSet Set, int Rule) next))
        {
            ValueRule rule = _parts.Rules[next.Rule];
            foreach (SchemaNode[] nodes in _expander.Expand(next.Set))
            {
                AddAlternative(rule, nodes, next.Set.IgnoreFormats);
            }
        }
    }

    private void AddAlternative(ValueRule rule, SchemaNode[] nodes, bool ignoreFormats)
    {
        if (nodes.Any(node => node.IsFalse))
        {
            return;
        }

        if (nodes.FirstOrDefault(node => node.Values is not null) is { Values: { } values })
        {
            foreach (JsonElement value in values.Where(value => nodes.All(node => _check.IsValidAlone(node, value, ignoreFormats))))
            {
                rule.Literals.Add(JsonValues.Encode(value), 0);
            }

            return;
        }

        JsonTypes types = nodes.Aggregate(JsonTypes.All, (common, node) => common & node.Types);
        AddWords(rule, types);
        if ((types & JsonTypes.String) != 0 && _strings.Compile(nodes, ignoreFormats) is { } text)
        {
            AddOnce(rule.Strings, _parts.Add(text));
        }

        if ((types & JsonTypes.Number) != 0)
        {
            AddNumber(rule, nodes, isInteger: (types & JsonTypes.Fraction) == 0);
        }

        if ((types & JsonTypes.Array) != 0)
        {
            AddArray(rule, nodes, ignoreFormats);
        }

        if ((types & JsonTypes.Object) != 0)
        {
            _objects.Add(rule, nodes, ignoreFormats);
        }
    }

    private static void AddWords(ValueRule rule, JsonTypes types)
    {
        if ((types & JsonTypes.Null) != 0)
        {
            rule.Literals.Add("null"u8, 0);
        }

        if ((types & JsonTypes.Boolean) != 0)
        {
            rule.Literals.Add("true"u8, 0);
            rule.Literals.Add("false"u8, 0);
        }
    }

    private static void AddOnce(List<int> list, int index)
    {
        if (!list.Contains(index))
        {
            list.Add(index);
        }
    }

    private void AddNumber(ValueRule rule, SchemaNode[] nodes, bool isInteger)
    {
        if (!isInteger && NumberCompiler.IsUnrestricted(nodes))
        {
            rule.AnyNumber = true;
        }
        else if (NumberCompiler.Compile(nodes, isInteger) is { } spec)
        {
            AddOnce(rule.Numbers, _parts.Add(spec));
        }
    }

    private void AddArray(ValueRule rule, SchemaNode[] nodes, bool ignoreFormats)
    {
        long min = nodes.Select(node => node.MinItems).DefaultIfEmpty(0).Max();
        long max = nodes.Select(node => node.MaxItems).DefaultIfEmpty(long.MaxValue).Min();
        if (min > max)
        {
            return;
        }

        int count = (int)Math.Min(max, nodes.Select(node => node.PrefixItems.Count).DefaultIfEmpty(0).Max());
        int[] prefix = [.. Enumerable.Range(0, count).Select(index =>
            RuleOf(new SchemaSet(nodes.Select(node => index < node.PrefixItems.Count ? node.PrefixItems[index] : node.Items), ignoreFormats)))];
        int items = RuleOf(new SchemaSet(nodes.Select(node => node.Items), ignoreFormats));
        rule.Arrays.Add(_parts.Arrays.Count);
        _parts.Arrays.Add(new ArraySpec(prefix, items, min, max));
    }
}
