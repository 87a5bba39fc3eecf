using System.Text.Json;
using Baltoro.Kimi.Grammar.Patterns;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>Checks a constant of an enum against schemas, so that only constants that validate are compiled.</summary>
internal sealed class InstanceCheck(StringCompiler strings)
{
    /// <summary>Whether <paramref name="value"/> satisfies <paramref name="node"/> with everything it refers to.</summary>
    public bool IsValid(SchemaNode node, JsonElement value, bool ignoreFormats) =>
        IsValidAlone(node, value, ignoreFormats)
        && (node.Reference is null || IsValid(node.Reference, value, ignoreFormats))
        && node.AllOf.All(part => IsValid(part, value, ignoreFormats))
        && (node.AnyOf.Count == 0 || node.AnyOf.Any(part => IsValid(part, value, ignoreFormats)))
        && (node.OneOf.Count == 0 || node.OneOf.Count(part => IsValid(part, value, ignoreFormats)) == 1);

    /// <summary>The same without anyOf, oneOf, allOf and $ref of <paramref name="node"/> itself.</summary>
    public bool IsValidAlone(SchemaNode node, JsonElement value, bool ignoreFormats)
    {
        JsonTypes type = JsonValues.TypeOf(value);
        if (node.IsFalse || (node.Types & type) == 0 || (node.Values is { } values && !values.Any(other => JsonValues.AreEqual(value, other))))
        {
            return false;
        }

        return type switch
        {
            JsonTypes.String => IsValidString(node, value.GetString() ?? "", ignoreFormats),
            JsonTypes.Integer or JsonTypes.Fraction => IsValidNumber(node, value),
            JsonTypes.Array => IsValidArray(node, value, ignoreFormats),
            JsonTypes.Object => IsValidObject(node, value, ignoreFormats),
            _ => true,
        };
    }

    private bool IsValidString(SchemaNode node, string text, bool ignoreFormats)
    {
        int length = text.EnumerateRunes().Count();
        return length >= node.MinLength
            && length <= node.MaxLength
            && strings.PatternsOf(node, ignoreFormats).All(pattern => strings.Search(pattern, node) is { } dfa && StringAutomata.Accepts(dfa, text));
    }

    private static bool IsValidNumber(SchemaNode node, JsonElement value)
    {
        if (!DecimalNumber.TryParse(value, out DecimalNumber number))
        {
            return false;
        }

        int low = node.Minimum is { } minimum ? number.CompareTo(minimum) : 1;
        int high = node.Maximum is { } maximum ? number.CompareTo(maximum) : -1;
        bool isMultiple = node.MultipleOf is not { } step
            || (number.IsInteger && step.IsInteger && (number.ScaledFloor(0) % step.ScaledFloor(0)).IsZero);
        return isMultiple && (low > 0 || (low == 0 && !node.MinimumExclusive)) && (high < 0 || (high == 0 && !node.MaximumExclusive));
    }

    private bool IsValidArray(SchemaNode node, JsonElement value, bool ignoreFormats)
    {
        int count = value.GetArrayLength();
        if (count < node.MinItems || count > node.MaxItems)
        {
            return false;
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            SchemaNode? schema = index < node.PrefixItems.Count ? node.PrefixItems[index] : node.Items;
            index++;
            if (schema is not null && !IsValid(schema, item, ignoreFormats))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsValidObject(SchemaNode node, JsonElement value, bool ignoreFormats)
    {
        int count = 0;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            count++;
            SchemaNode? schema = node.SchemaFor(property.Name);
            if ((schema is not null && !IsValid(schema, property.Value, ignoreFormats))
                || (node.PropertyNames is not null && !IsValidName(node.PropertyNames, property.Name, ignoreFormats)))
            {
                return false;
            }
        }

        return count >= node.MinProperties && count <= node.MaxProperties && node.Required.All(name => value.TryGetProperty(name, out _));
    }

    /// <summary>Whether a property may have this name.</summary>
    public bool IsValidName(SchemaNode names, string name, bool ignoreFormats) =>
        IsValid(names, JsonSerializer.SerializeToElement(name, NameContext.Default.String), ignoreFormats);
}
