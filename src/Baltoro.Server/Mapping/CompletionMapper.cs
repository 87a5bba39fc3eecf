using System.Globalization;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Completions;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Mapping;

/// <summary>Raw completion → one neutral request per prompt, or the first rule it breaks. Raw prompts never think.</summary>
internal static class CompletionMapper
{
    /// <summary>Completion budget of a request that sends none, as in OpenAI's API.</summary>
    public const int DefaultTokens = 16;

    private const int MaxPrompts = 128;
    private const int MaxAlternatives = 5;

    public static WireError? TryMap(
        CompletionRequest wire, ModelCard card, string requestId, string tenantId, out IReadOnlyList<ChatRequest> requests)
    {
        requests = [];
        ChatCompletionRequest common = wire.Common;
        WireError? samplingError = SamplingRules.TryMap(common, card, thinking: false, out SamplingSettings sampling);
        WireError? error = samplingError
            ?? StopRules.Check(common.Stop, card.Profile)
            ?? BudgetRules.CheckSent(common, takesNone: wire.Echo)
            ?? CheckOwn(wire);
        if (error is not null)
        {
            return error;
        }

        requests = [.. wire.Prompts.Select((prompt, index) => new ChatRequest
        {
            RequestId = index == 0 ? requestId : string.Create(CultureInfo.InvariantCulture, $"{requestId}-p{index}"),
            TenantId = tenantId,
            Messages = [],
            Raw = prompt.Ids is { } ids ? new RawPrompt.Ids(ids) : new RawPrompt.Text(prompt.Text ?? ""),
            ToolChoice = ToolChoice.None,
            Thinking = false,
            MaxCompletionTokens = 1,
            Sampling = sampling,
            Stop = common.Stop ?? [],
            ChoiceCount = (int)(common.N ?? 1),
            TopLogprobs = (int?)wire.Logprobs,
            ReportPrompt = wire is { Echo: true, Logprobs: not null },
        })];
        return null;
    }

    private static WireError? CheckOwn(CompletionRequest wire)
    {
        if (wire.Prompts.Count is 0 or > MaxPrompts)
        {
            return WireError.Field("prompt", string.Create(CultureInfo.InvariantCulture, $"must hold 1 to {MaxPrompts} prompts, found {wire.Prompts.Count}"));
        }

        for (int i = 0; i < wire.Prompts.Count; i++)
        {
            if (wire.Prompts[i] is { Ids: null or [], Text: null or "" })
            {
                return WireError.Field(wire.Prompts.Count == 1 ? "prompt" : $"prompt[{i}]", "must not be empty: the model needs at least one token");
            }
        }

        if (wire.Logprobs is < 0 or > MaxAlternatives)
        {
            return WireError.Field("logprobs", string.Create(CultureInfo.InvariantCulture, $"must be between 0 and {MaxAlternatives}, found {wire.Logprobs}"));
        }

        if (wire is { Echo: true } && wire.Prompts.Any(prompt => prompt.Ids is not null))
        {
            return WireError.Field("echo", "is only supported for prompts sent as text");
        }

        if (!string.IsNullOrEmpty(wire.Suffix))
        {
            return WireError.Field("suffix", "is not supported by this server; omit it");
        }

        return wire.BestOf is { } best && best != (wire.Common.N ?? 1)
            ? WireError.Field("best_of", string.Create(CultureInfo.InvariantCulture, $"must equal n ({wire.Common.N ?? 1}), found {best}"))
            : null;
    }
}
