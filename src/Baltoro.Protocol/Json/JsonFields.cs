using System.Text.Json;
using Baltoro.Protocol.Errors;

namespace Baltoro.Protocol.Json;

/// <summary>
/// Typed reading of one JSON object. The first mistake is kept in the shared <see cref="ReadProblem"/> and names path,
/// expected and found; after it everything reads as absent, so a caller reads straight on and looks once at the end.
/// A member whose value is <c>null</c> counts as absent.
/// </summary>
public sealed class JsonFields
{
    private readonly JsonElement _element;
    private readonly ReadProblem _problem;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Wraps <paramref name="element"/>, which must be an object.</summary>
    public JsonFields(JsonElement element, string path, ReadProblem problem)
    {
        _element = element;
        Path = path;
        _problem = problem;
    }

    /// <summary>Path of this object; empty for the body.</summary>
    public string Path { get; }

    /// <summary>Path of a member of this object.</summary>
    public string PathOf(string name) => JsonPath.Member(Path, name);

    /// <summary>The member as it stands, or null when absent or null.</summary>
    public JsonElement? Any(string name)
    {
        _asked.Add(name);
        return _problem.First is null && _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
    }

    /// <summary>Reads a string.</summary>
    public string? String(string name) => Any(name) is { } value ? _problem.StringOf(value, PathOf(name)) : null;

    /// <summary>Reads a string that must be there.</summary>
    public string RequiredString(string name)
    {
        if (Any(name) is { } value)
        {
            return _problem.StringOf(value, PathOf(name)) ?? "";
        }

        _problem.Report(WireError.Field(PathOf(name), "is required and must be a string"));
        return "";
    }

    /// <summary>Reads a boolean.</summary>
    public bool? Boolean(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        _problem.Expected(PathOf(name), "true or false", value);
        return null;
    }

    /// <summary>Reads a finite number.</summary>
    public double? Number(string name) => Any(name) is { } value ? _problem.NumberOf(value, PathOf(name)) : null;

    /// <summary>Reads a whole number; <c>16.0</c> counts as whole.</summary>
    public long? Integer(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            if (value.TryGetInt64(out long whole))
            {
                return whole;
            }

            if (value.TryGetDouble(out double number) && Math.Abs(number) <= 1L << 53 && number == Math.Floor(number))
            {
                return (long)number;
            }
        }

        _problem.Expected(PathOf(name), "an integer", value);
        return null;
    }

    /// <summary>Reads an object.</summary>
    public JsonFields? Object(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new JsonFields(value, PathOf(name), _problem);
        }

        _problem.Expected(PathOf(name), "an object", value);
        return null;
    }

    /// <summary>Reads an array.</summary>
    public JsonElement? Array(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return value;
        }

        _problem.Expected(PathOf(name), "an array", value);
        return null;
    }

    /// <summary>Names that are there and that nobody asked for.</summary>
    public IReadOnlyList<string> Unknown()
    {
        List<string> names = [];
        foreach (JsonProperty member in _element.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                names.Add(member.Name);
            }
        }

        return names;
    }
}
