using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Model;

/// <summary>Typed access to the fields of one JSON object of config.json; remembers which fields were read.</summary>
internal sealed class ConfigFields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly string _prefix;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public ConfigFields(JsonElement element, string path, string prefix)
    {
        _path = path;
        _prefix = prefix;
        _object = element;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFormatException(path, prefix.Length == 0 ? "config" : prefix.TrimEnd('.'), "a JSON object", Describe(element));
        }
    }

    /// <summary>Names of fields that were neither read nor are in <paramref name="ignored"/>, with their prefix.</summary>
    public IEnumerable<string> Unread(IReadOnlySet<string> ignored) => _object.EnumerateObject()
        .Where(property => !_read.Contains(property.Name) && !ignored.Contains(property.Name))
        .Select(property => _prefix + property.Name);

    /// <summary>Names of all fields.</summary>
    public IEnumerable<string> Names => _object.EnumerateObject().Select(property => property.Name);

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Get(name) is not null;

    /// <summary>The object in field <paramref name="name"/>, or null.</summary>
    public ConfigFields? Object(string name) =>
        Get(name) is JsonElement element ? new ConfigFields(element, _path, $"{_prefix}{name}.") : null;

    public int? OptionalInt(string name, int minimum, int maximum = int.MaxValue)
    {
        if (Get(name) is not JsonElement element)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out int value) || value < minimum || value > maximum)
        {
            string allowed = maximum == int.MaxValue ? $"an integer from {minimum} on" : $"an integer in {minimum}..{maximum}";
            throw Wrong(name, allowed, Describe(element));
        }

        return value;
    }

    public int Int(string name, int minimum, int maximum = int.MaxValue) =>
        OptionalInt(name, minimum, maximum) ?? throw Wrong(name, "an integer", "nothing");

    /// <summary>A number above <paramref name="above"/> (or equal to it where <paramref name="orEqual"/>), finite as float32.</summary>
    public double? OptionalNumber(string name, double above, bool orEqual = false)
    {
        if (Get(name) is not JsonElement element)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Number
            || !element.TryGetDouble(out double value)
            || !float.IsFinite((float)value)
            || (orEqual ? value < above : value <= above))
        {
            throw Wrong(name, $"a number {(orEqual ? "from" : "above")} {above}{(orEqual ? " on" : "")}", Describe(element));
        }

        return value;
    }

    public double Number(string name, double above, bool orEqual = false) =>
        OptionalNumber(name, above, orEqual) ?? throw Wrong(name, "a number", "nothing");

    public bool? OptionalBool(string name) => Get(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        JsonElement element => throw Wrong(name, "true or false", Describe(element)),
    };

    public string? OptionalString(string name) => Get(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } element => element.GetString(),
        JsonElement element => throw Wrong(name, "a string", Describe(element)),
    };

    /// <summary>A string among <paramref name="allowed"/>, or <paramref name="fallback"/> when the field is missing.</summary>
    public string Choice(string name, string fallback, params string[] allowed)
    {
        string value = OptionalString(name) ?? fallback;
        return allowed.Contains(value) ? value : throw Wrong(name, $"one of {string.Join(", ", allowed)}", $"'{value}'");
    }

    /// <summary>An id, a list of ids, or null, each in [0, limit).</summary>
    public IReadOnlyList<int>? OptionalIds(string name, int limit)
    {
        if (Get(name) is not JsonElement element)
        {
            return null;
        }

        JsonElement[] items = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [element];
        int[] ids = new int[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].ValueKind != JsonValueKind.Number || !items[i].TryGetInt32(out ids[i]) || ids[i] < 0 || ids[i] >= limit)
            {
                throw Wrong(name, $"ids in 0..{limit - 1}", Describe(element));
            }
        }

        return ids;
    }

    public ModelFormatException Wrong(string name, string expected, string found) => new(_path, _prefix + name, expected, found);

    private static string Describe(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private JsonElement? Get(string name)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out JsonElement element) && element.ValueKind != JsonValueKind.Null ? element : null;
    }
}
