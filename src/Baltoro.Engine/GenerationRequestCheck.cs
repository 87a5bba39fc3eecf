namespace Baltoro.Engine;

/// <summary>Range checks of <see cref="GenerationRequest"/>, done on the caller's thread before anything is accepted.</summary>
internal static class GenerationRequestCheck
{
    public static void Validate(GenerationRequest request, int vocabularySize, int contextWindow)
    {
        int prompt = request.PromptIds.Length;
        Require(prompt >= 1, nameof(request.PromptIds), prompt, "at least one token");
        Require(prompt < contextWindow, nameof(request.PromptIds), prompt, $"fewer tokens than the window of {contextWindow}");
        foreach (int id in request.PromptIds.Span)
        {
            Require((uint)id < (uint)vocabularySize, nameof(request.PromptIds), id, $"ids from 0 to {vocabularySize - 1}");
        }

        Require(request.MaxNewTokens >= 1, nameof(request.MaxNewTokens), request.MaxNewTokens, "at least 1");
        Require(request.TopLogprobs is null or (>= 0 and <= 20), nameof(request.TopLogprobs), request.TopLogprobs ?? 0, "0 to 20");
        Require(
            request.PromptLogprobs is null or (>= 0 and <= 20), nameof(request.PromptLogprobs), request.PromptLogprobs ?? 0, "0 to 20");
        Validate(request.Sampling, vocabularySize);
    }

    private static void Validate(SamplingParams sampling, int vocabularySize)
    {
        Require(sampling.Temperature is >= 0f and <= 2f, nameof(sampling.Temperature), sampling.Temperature, "0 to 2");
        Require(sampling.TopP is > 0f and <= 1f, nameof(sampling.TopP), sampling.TopP, "above 0, up to 1");
        Require(sampling.TopK >= 0, nameof(sampling.TopK), sampling.TopK, "0 or more");
        Require(sampling.MinP is >= 0f and <= 1f, nameof(sampling.MinP), sampling.MinP, "0 to 1");
        Require(sampling.PresencePenalty is >= -2f and <= 2f, nameof(sampling.PresencePenalty), sampling.PresencePenalty, "-2 to 2");
        Require(sampling.FrequencyPenalty is >= -2f and <= 2f, nameof(sampling.FrequencyPenalty), sampling.FrequencyPenalty, "-2 to 2");
        Require(
            sampling.RepetitionPenalty > 0f && float.IsFinite(sampling.RepetitionPenalty),
            nameof(sampling.RepetitionPenalty),
            sampling.RepetitionPenalty,
            "above 0");
        foreach ((int id, float bias) in sampling.LogitBias)
        {
            Require((uint)id < (uint)vocabularySize, nameof(sampling.LogitBias), id, $"token ids from 0 to {vocabularySize - 1}");
            Require(bias is >= -100f and <= 100f, nameof(sampling.LogitBias), bias, "values from -100 to 100");
        }
    }

    private static void Require(bool holds, string field, double found, string allowed)
    {
        if (!holds)
        {
            // The message names the field; a parameter name would put its own words behind it.
            throw new ArgumentException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{field} is {found}; allowed is {allowed}."));
        }
    }
}
