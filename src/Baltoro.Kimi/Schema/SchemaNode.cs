using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>One sub-schema as read; only assertions, no annotations. Filled by <see cref="SchemaReader"/>, then never changed.</summary>
internal sealed class SchemaNode(int id, string path)
{
    public int Id { get; private set; } = id;

    /// <summary>Dotted path for messages.</summary>
    public string Path { get; } = path;

    /// <summary>The schema <c>false</c>: nothing satisfies it.</summary>
    public bool IsFalse { get; set; }

    public JsonTypes Types { get; set; } = JsonTypes.All;

    /// <summary>Values of enum or const (both: those equal to the const); null when there is neither.</summary>
    public IReadOnlyList<JsonElement>? Values { get; set; }

    public DecimalNumber? Minimum { get; set; }

    public bool MinimumExclusive { get; set; }

    public DecimalNumber? Maximum { get; set; }

    public bool MaximumExclusive { get; set; }

    public DecimalNumber? MultipleOf { get; set; }

    public long MinLength { get; set; }

    public long MaxLength { get; set; } = long.MaxValue;

    public string? Pattern { get; set; }

    public string? Format { get; set; }

    public IReadOnlyList<SchemaNode> PrefixItems { get; set; } = [];

    public SchemaNode? Items { get; set; }

    public long MinItems { get; set; }

    public long MaxItems { get; set; } = long.MaxValue;

    public IReadOnlyList<KeyValuePair<string, SchemaNode>> Properties { get; set; } = [];

    public IReadOnlyList<string> Required { get; set; } = [];

    public SchemaNode? AdditionalProperties { get; set; }

    public SchemaNode? PropertyNames { get; set; }

    public long MinProperties { get; set; }

    public long MaxProperties { get; set; } = long.MaxValue;

    public IReadOnlyList<SchemaNode> AnyOf { get; set; } = [];

    public IReadOnlyList<SchemaNode> OneOf { get; set; } = [];

    public IReadOnlyList<SchemaNode> AllOf { get; set; } = [];

    public SchemaNode? Reference { get; set; }

    /// <summary>Schemas that apply to the same value as this one.</summary>
    public IEnumerable<SchemaNode> InPlace
    {
        get
        {
            IEnumerable<SchemaNode> all = AllOf.Concat(AnyOf).Concat(OneOf);
            return Reference is null ? all : all.Append(Reference);
        }
    }

    /// <summary>The same schema without oneOf, under another id.</summary>
    public SchemaNode CopyWithoutOneOf(int id)
    {
        var copy = (SchemaNode)MemberwiseClone();
        copy.Id = id;
        copy.OneOf = [];
        return copy;
    }

    /// <summary>The schema of property <paramref name="name"/>, or null when anything is allowed.</summary>
    public SchemaNode? SchemaFor(string name)
    {
        foreach ((string key, SchemaNode node) in Properties)
        {
            if (key == name)
            {
                return node;
            }
        }

        return AdditionalProperties;
    }
}
