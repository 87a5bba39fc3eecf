using System.Buffers;
using System.Text.Json;
using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>Turns the object keywords of schemas that apply together into one <see cref="ObjectSpec"/>.</summary>
internal sealed class ObjectCompiler(
    GrammarParts parts,
    StringCompiler strings,
    InstanceCheck check,
    AlternativeExpander expander,
    Func<SchemaSet, int> ruleOf)
{
    public void Add(ValueRule rule, SchemaNode[] nodes, bool ignoreFormats)
    {
        long min = nodes.Select(node => node.MinProperties).DefaultIfEmpty(0).Max();
        long max = nodes.Select(node => node.MaxProperties).DefaultIfEmpty(long.MaxValue).Min();
        SchemaNode[] names = NamesOf(nodes);
        List<string> declared = Declared(nodes, names);
        var required = nodes.SelectMany(node => node.Required).ToHashSet();
        if (min > max || required.Count > max)
        {
            return;
        }

        List<ObjectSpec.DeclaredProperty> properties = [];
        foreach (string name in declared)
        {
            bool allowed = names.All(schema => check.IsValidName(schema, name, ignoreFormats));
            if (!allowed && required.Contains(name))
            {
                return;
            }

            IEnumerable<SchemaNode?> schemas = nodes.Select(node => node.SchemaFor(name));
            properties.Add(new(Tail(name), allowed ? ruleOf(new SchemaSet(schemas, ignoreFormats)) : -1, required.Contains(name)));
        }

        AddSpec(rule, nodes, names, declared, properties, (min, max), ignoreFormats);
    }

    private void AddSpec(
        ValueRule rule,
        SchemaNode[] nodes,
        SchemaNode[] names,
        List<string> declared,
        List<ObjectSpec.DeclaredProperty> properties,
        (long Min, long Max) size,
        bool ignoreFormats)
    {
        int key = -1;
        int value = -1;
        if (!nodes.Any(node => node.AdditionalProperties is { IsFalse: true })
            && !names.Any(node => node.Values is not null || node.IsFalse)
            && strings.CompileNames(names, declared, ignoreFormats, nodes.Length > 0 ? nodes[0] : Anything) is { } spec)
        {
            value = ruleOf(new SchemaSet(nodes.Select(node => node.AdditionalProperties), ignoreFormats));
            key = parts.Add(spec);
        }

        long available = properties.Count(property => property.Rule >= 0);
        if (key >= 0 && available + 1 < size.Min)
        {
            SchemaNode at = nodes.First(node => node.MinProperties == size.Min);
            throw new SchemaNotSupportedException(at.Path, "minProperties", $"{size.Min} needs several additional properties, whose names cannot be kept distinct; declare them");
        }

        rule.Objects.Add(parts.Objects.Count);
        parts.Objects.Add(new ObjectSpec(properties, key, value, size.Min, size.Max));
    }

    private static SchemaNode Anything { get; } = new(-1, "");

    private static byte[] Tail(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonValues.WriteStringContent(name, output);
        output.Write("\""u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The schemas of all names; only conjunctions of plain string keywords or constants can be enforced.</summary>
    private SchemaNode[] NamesOf(SchemaNode[] nodes)
    {
        List<SchemaNode> names = [];
        foreach (SchemaNode node in nodes)
        {
            if (node.PropertyNames is null)
            {
                continue;
            }

            List<SchemaNode[]> alternatives = expander.Expand(new SchemaSet([node.PropertyNames], ignoreFormats: false));
            if (alternatives.Count > 1)
            {
                throw new SchemaNotSupportedException(node.Path, "propertyNames", "anyOf and oneOf cannot be enforced here");
            }

            // No alternative at all: no name is allowed.
            names.AddRange(alternatives.Count == 0 ? [node.PropertyNames] : alternatives[0]);
        }

        return [.. names.Distinct().Select(schema => (schema.Types & JsonTypes.String) == 0 ? False(schema) : schema)];
    }

    private static SchemaNode False(SchemaNode schema) => new(schema.Id, schema.Path) { IsFalse = true };

    /// <summary>Declared names in their order, then names that are only required, then names that propertyNames lists.</summary>
    private static List<string> Declared(SchemaNode[] nodes, SchemaNode[] names)
    {
        IEnumerable<string> listed = names.SelectMany(schema => schema.Values ?? []).Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString() ?? "");
        return [.. nodes.SelectMany(node => node.Properties).Select(property => property.Key)
            .Concat(nodes.SelectMany(node => node.Required))
            .Concat(listed)
            .Distinct()];
    }
}
