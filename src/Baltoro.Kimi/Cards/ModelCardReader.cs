using System.Text.Json;

namespace Baltoro.Kimi.Cards;

/// <summary>Reads one configured card over its starting values; what is wrong goes to the list of errors.</summary>
internal sealed class ModelCardReader(string path, JsonElement json, List<string> errors)
{
    private static readonly string[] _keys =
    [
        "profile", "context_window", "max_output_tokens", "default_output_tokens", "thinking", "input_nano_usd_per_token",
        "output_nano_usd_per_token", "owned_by", "created",
    ];

    public ModelCard Read(string id, ModelCard? start)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"{path}: expected an object or null, found {json.GetRawText()}");
            return start ?? BuiltInCards.Platform(id);
        }

        if (string.IsNullOrWhiteSpace(id))
        {
            errors.Add($"{path}: expected a model id, found an empty key");
        }

        foreach (JsonProperty member in json.EnumerateObject().Where(m => !_keys.Contains(m.Name)))
        {
            errors.Add($"{path}.{member.Name}: unknown key; known are {string.Join(", ", _keys)}");
        }

        CardProfile profile = Choice("profile", start?.Profile ?? CardProfile.Platform, ("seed", CardProfile.Seed), ("platform", CardProfile.Platform));
        start ??= profile == CardProfile.Seed ? BuiltInCards.Seed(id, ThinkingPolicy.OffByDefault) : BuiltInCards.Platform(id);
        ModelCard card = start with
        {
            Profile = profile,
            ContextWindow = (int)Number("context_window", start.ContextWindow, 2, int.MaxValue),
            MaxOutputTokens = (int)Number("max_output_tokens", start.MaxOutputTokens, 1, int.MaxValue),
            DefaultOutputTokens = (int)Number("default_output_tokens", start.DefaultOutputTokens, 1, int.MaxValue),
            Thinking = Choice(
                "thinking", start.Thinking, ("off_by_default", ThinkingPolicy.OffByDefault), ("on_by_default", ThinkingPolicy.OnByDefault), ("always", ThinkingPolicy.Always)),
            InputNanoUsdPerToken = Number("input_nano_usd_per_token", start.InputNanoUsdPerToken, 0, long.MaxValue / int.MaxValue),
            OutputNanoUsdPerToken = Number("output_nano_usd_per_token", start.OutputNanoUsdPerToken, 0, long.MaxValue / int.MaxValue),
            OwnedBy = Text("owned_by", start.OwnedBy),
            CreatedUnixSeconds = Number("created", start.CreatedUnixSeconds, 0, long.MaxValue),
        };
        CheckOrder(card);
        return card;
    }

    private void CheckOrder(ModelCard card)
    {
        if (card.DefaultOutputTokens > card.MaxOutputTokens)
        {
            errors.Add($"{path}.default_output_tokens: expected at most max_output_tokens ({card.MaxOutputTokens}), found {card.DefaultOutputTokens}");
        }

        if (card.MaxOutputTokens > card.ContextWindow)
        {
            errors.Add($"{path}.max_output_tokens: expected at most context_window ({card.ContextWindow}), found {card.MaxOutputTokens}");
        }
    }

    private long Number(string key, long start, long least, long most)
    {
        if (!json.TryGetProperty(key, out JsonElement value))
        {
            return start;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most)
        {
            return number;
        }

        errors.Add($"{path}.{key}: expected a whole number from {least} to {most}, found {value.GetRawText()}");
        return start;
    }

    private string Text(string key, string start)
    {
        if (!json.TryGetProperty(key, out JsonElement value))
        {
            return start;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        errors.Add($"{path}.{key}: expected a text, found {value.GetRawText()}");
        return start;
    }

    private T Choice<T>(string key, T start, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (!json.TryGetProperty(key, out JsonElement value))
        {
            return start;
        }

        List<string> names = [];
        foreach ((string name, T choice) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(name))
            {
                return choice;
            }

            names.Add($"'{name}'");
        }

        errors.Add($"{path}.{key}: expected {string.Join(" or ", names)}, found {value.GetRawText()}");
        return start;
    }
}
