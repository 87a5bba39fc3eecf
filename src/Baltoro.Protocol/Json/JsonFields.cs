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
    private readonly List<JsonFields> _objects = [];

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

    /// <summary>Whether the member stands there as <c>null</c>: on a change that takes something away.</summary>
    public bool IsNull(string name)
    {
        _asked.Add(name);
        return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>Reads a list of strings.</summary>
    public IReadOnlyList<string>? Strings(string name)
    {
        if (Array(name) is not { } array)
        {
            return null;
        }

        List<string> texts = [];
        foreach (JsonElement item in array.EnumerateArray())
        {
            texts.Add(_problem.StringOf(item, JsonPath.Item(PathOf(name), texts.Count)) ?? "");
        }

        return texts;
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

    /// <summary>Reads a whole number of 64 bits; <c>16.0</c> counts as whole.</summary>
    public long? Integer(string name)
    {
        long? whole = Whole(name, out bool isHuge);
        return isHuge ? Refuse(name) : whole;
    }

    /// <summary>Reads a whole number that is only compared with limits: one beyond 64 bits reads as the nearest that has them.</summary>
    public long? Amount(string name) => Whole(name, out _);

    /// <summary>Reads an object.</summary>
    public JsonFields? Object(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            JsonFields fields = new(value, PathOf(name), _problem);
            _objects.Add(fields);
            return fields;
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

    /// <summary>Names that are there, not <c>null</c>, and that nobody asked for.</summary>
    public IReadOnlyList<string> Unknown()
    {
        List<string> names = [];
        foreach (JsonProperty member in _element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !_asked.Contains(member.Name))
            {
                names.Add(member.Name);
            }
        }

        return names;
    }

    /// <summary>
    /// The first member that nobody asked for, of this object or of one that was read from it, with the names that are known there;
    /// or null. Call it when everything was read. A <c>null</c> under an unknown name is as wrong as any value.
    /// </summary>
    public WireError? UnknownMember()
    {
        foreach (JsonProperty member in _element.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                string allowed = _asked.Count == 0 ? "allowed: nothing" : $"allowed: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}";
                return WireError.Field(PathOf(JsonDescription.Cut(member.Name)), $"is not known here; {allowed}");
            }
        }

        return _objects.Select(fields => fields.UnknownMember()).FirstOrDefault(problem => problem is not null);
    }

    private long? Whole(string name, out bool isHuge)
    {
        isHuge = false;
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

            if (value.TryGetDouble(out double number) && number == Math.Floor(number) && (number != 0 || IsZero(value.GetRawText())))
            {
                isHuge = number is < long.MinValue or >= -(double)long.MinValue;
                return isHuge ? (number < 0 ? long.MinValue : long.MaxValue) : (long)number;
            }
        }

        _problem.Expected(PathOf(name), "an integer", value);
        return null;
    }

    /// <summary>Whether every digit before the exponent is 0: a number too small for a double reads as 0 without being it.</summary>
    private static bool IsZero(string number)
    {
        int exponent = number.AsSpan().IndexOfAny('e', 'E');
        return !number.AsSpan(0, exponent < 0 ? number.Length : exponent).ContainsAnyInRange('1', '9');
    }

    private long? Refuse(string name)
    {
        if (Any(name) is { } value)
        {
            _problem.Expected(PathOf(name), $"an integer from {long.MinValue} to {long.MaxValue}", value);
        }

        return null;
    }
}
