using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Wire request → neutral request, or the first rule it breaks. Order: thinking, messages, sampling, stop, fields without
/// support, budget's own value, tools, tool choice, response format. The budget is fitted afterwards, when the prompt has been counted.
/// </summary>
internal static class ChatMapper
{
    public static WireError? TryMap(
        ChatCompletionRequest wire, ModelCard card, MediaRules media, string requestId, string tenantId, out MappedRequest? mapped)
    {
        mapped = null;
        if (ThinkingRules.TryResolve(wire, card, out bool thinking) is { } refusal)
        {
            return refusal;
        }

        bool requiresReasoning = RequiresReasoning(card, thinking);
        WireError? error = MessageRules.TryMap(wire.Messages, requiresReasoning, media, out IReadOnlyList<ChatMessage> messages);
        return error ?? TryMapRest(wire, card, thinking, messages, requestId, tenantId, out mapped);
    }

    /// <summary>The platform refuses a tool step without its reasoning; the seed's clients never send it.</summary>
    private static bool RequiresReasoning(ModelCard card, bool thinking) => thinking && card.Profile == CardProfile.Platform;

    private static WireError? TryMapRest(
        ChatCompletionRequest wire,
        ModelCard card,
        bool thinking,
        IReadOnlyList<ChatMessage> messages,
        string requestId,
        string tenantId,
        out MappedRequest? mapped)
    {
        mapped = null;
        WireError? error = SamplingRules.TryMap(wire, card, thinking, out SamplingSettings sampling);
        error ??= LogprobRules.Check(wire)
            ?? StopRules.Check(wire.Stop, card.Profile)
            ?? UnsupportedFields.Refuse(wire)
            ?? BudgetRules.CheckSent(wire);
        if (error is not null)
        {
            return error;
        }

        WireError? toolError = ToolRules.TryMap(wire.Tools, card.Profile, out IReadOnlyList<ToolDefinition> tools);
        WireError? choiceError = ToolChoiceRules.TryMap(wire.ToolChoice, tools, card.Profile, thinking, out ToolChoice choice);
        WireError? formatError = FormatRules.TryMap(wire.ResponseFormat, card.Profile, out ResponseFormat format);
        if ((toolError ?? choiceError ?? formatError) is { } refusal)
        {
            return refusal;
        }

        mapped = new MappedRequest(wire, new ChatRequest
        {
            RequestId = requestId,
            TenantId = tenantId,
            Messages = messages,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = (wire.ParallelToolCalls ?? true) && !wire.IsLegacyFunctions && wire.ToolChoice?.Mode != "function",
            ResponseFormat = format,
            Thinking = thinking,
            MaxCompletionTokens = 1,
            Sampling = sampling,
            Stop = wire.Stop ?? [],
            ChoiceCount = (int)(wire.N ?? 1),
            TopLogprobs = LogprobRules.CountOf(wire),
            ReportProgress = wire is { Stream: true, ContinuousUsage: true },
        });
        return null;
    }
}
