using System.Text.Json;
using Baltoro.Protocol.Errors;

namespace Baltoro.Protocol.Json;

/// <summary>Fields of more than one shape that several bodies share.</summary>
internal sealed class CommonFields(JsonFields body, ReadProblem problem)
{
    /// <summary><c>logit_bias</c>: token id as text → bias, as sent.</summary>
    public Dictionary<string, double>? LogitBias()
    {
        if (body.Object("logit_bias") is null || body.Any("logit_bias") is not { } element)
        {
            return null;
        }

        Dictionary<string, double> biases = new(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (problem.NumberOf(member.Value, JsonPath.Member("logit_bias", JsonDescription.Cut(member.Name))) is { } bias)
            {
                biases[member.Name] = bias;
            }
        }

        return biases;
    }

    /// <summary>A text or a list of texts.</summary>
    public List<string>? Texts(string name)
    {
        if (body.Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return problem.StringOf(value, name) is { } text ? [text] : null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            problem.Expected(name, "a string or an array of strings", value);
            return null;
        }

        List<string> texts = [];
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (problem.StringOf(item, JsonPath.Item(name, index++)) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }
}
