using System.Globalization;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Sampling fields. The seed profile honours them within ranges; the platform profile has fixed values, and any other
/// value is refused in the platform's words.
/// </summary>
internal static class SamplingRules
{
    private const int MaxChoices = 8;
    private const int MaxBiases = 1_024;
    private const double MaxBias = 100;
    private const double FixedTopP = 0.95;

    public static WireError? TryMap(ChatCompletionRequest wire, ModelCard card, bool thinking, out SamplingSettings sampling)
    {
        sampling = new SamplingSettings();
        WireError? error = card.Profile switch
        {
            CardProfile.Seed => CheckSeed(wire),
            CardProfile.Platform => CheckPlatform(wire, thinking),
            _ => throw new InvalidOperationException($"unknown profile {card.Profile}"),
        };
        WireError? biasError = TryMapBias(wire.LogitBias, out Dictionary<int, double> biases);
        if ((error ?? biasError) is { } refusal)
        {
            return refusal;
        }

        bool isSeed = card.Profile == CardProfile.Seed;
        sampling = new SamplingSettings
        {
            Temperature = wire.Temperature,
            TopP = wire.TopP,
            TopK = isSeed ? (int?)wire.TopK : null,
            MinP = isSeed ? wire.MinP : null,
            PresencePenalty = wire.PresencePenalty ?? 0,
            FrequencyPenalty = wire.FrequencyPenalty ?? 0,
            RepetitionPenalty = isSeed ? wire.RepetitionPenalty ?? 1 : 1,
            LogitBias = biases,
            Seed = wire.Seed,
        };
        return null;
    }

    private static WireError? CheckSeed(ChatCompletionRequest wire) =>
        Between("temperature", wire.Temperature, 0, 2)
        ?? Above("top_p", wire.TopP, 1)
        ?? Between("n", wire.N, 1, MaxChoices)
        ?? Between("presence_penalty", wire.PresencePenalty, -2, 2)
        ?? Between("frequency_penalty", wire.FrequencyPenalty, -2, 2)
        ?? Between("top_k", wire.TopK, 0, int.MaxValue)
        ?? Between("min_p", wire.MinP, 0, 1)
        ?? Above("repetition_penalty", wire.RepetitionPenalty, 2);

    private static WireError? CheckPlatform(ChatCompletionRequest wire, bool thinking) =>
        Fixed("temperature", wire.Temperature, thinking ? 1 : 0.6)
        ?? Fixed("top_p", wire.TopP, FixedTopP)
        ?? Fixed("n", wire.N, 1)
        ?? Fixed("presence_penalty", wire.PresencePenalty, 0)
        ?? Fixed("frequency_penalty", wire.FrequencyPenalty, 0);

    private static WireError? Fixed(string name, double? found, double allowed) => found is null || found == allowed
        ? null
        : WireError.Exact(
            string.Create(CultureInfo.InvariantCulture, $"invalid {name}: only {allowed} is allowed for this model"), name);

    private static WireError? Between(string name, double? found, double least, double most) =>
        found is null || (found >= least && found <= most)
            ? null
            : WireError.Field(
                name, string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}, found {found}"));

    private static WireError? Above(string name, double? found, double most) => found is null || (found > 0 && found <= most)
        ? null
        : WireError.Field(
            name, string.Create(CultureInfo.InvariantCulture, $"must be greater than 0 and at most {most}, found {found}"));

    private static WireError? TryMapBias(IReadOnlyDictionary<string, double>? sent, out Dictionary<int, double> biases)
    {
        biases = [];
        if (sent is null)
        {
            return null;
        }

        if (sent.Count > MaxBiases)
        {
            return WireError.Field("logit_bias", $"must have at most {MaxBiases} members, found {sent.Count}");
        }

        foreach ((string key, double bias) in sent)
        {
            string path = $"logit_bias.{JsonDescription.Cut(key)}";
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int tokenId))
            {
                return WireError.Field(path, "must be named by a token id, a whole number of at least 0");
            }

            if (Between(path, bias, -MaxBias, MaxBias) is { } error)
            {
                return error;
            }

            if (!biases.TryAdd(tokenId, bias))
            {
                return WireError.Field(path, $"names token {tokenId} a second time");
            }
        }

        return null;
    }
}
