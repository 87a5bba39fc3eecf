using System.Text.Json;
using Baltoro.Protocol.Errors;

namespace Baltoro.Protocol.Json;

/// <summary>Keeps the first mistake met while one body is read.</summary>
public sealed class ReadProblem
{
    /// <summary>The first mistake, or null.</summary>
    public WireError? First { get; private set; }

    /// <summary>Records <paramref name="error"/> unless one is recorded already.</summary>
    public void Report(WireError error) => First ??= error;

    /// <summary>Records that <paramref name="path"/> holds something else than <paramref name="expected"/>.</summary>
    public void Expected(string path, string expected, JsonElement found) =>
        Report(WireError.Field(path, $"must be {expected}, found {JsonDescription.Of(found)}"));

    /// <summary>The text of <paramref name="value"/>, or null and a recorded mistake.</summary>
    public string? StringOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Expected(path, "a string", value);
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            Report(WireError.Field(path, "has an unpaired surrogate escape, which is not a character"));
            return null;
        }
    }

    /// <summary>The finite number in <paramref name="value"/>, or null and a recorded mistake.</summary>
    public double? NumberOf(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number))
        {
            return number;
        }

        Expected(path, "a number", value);
        return null;
    }
}
