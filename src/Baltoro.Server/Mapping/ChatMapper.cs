using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Wire request → neutral request, or the first rule it breaks. Order: thinking, messages, sampling, stop, fields of
/// later versions, budget's own value. The budget is fitted afterwards, when the prompt has been counted.
/// </summary>
internal static class ChatMapper
{
    public static WireError? TryMap(
        ChatCompletionRequest wire, ModelCard card, string requestId, string tenantId, out MappedRequest? mapped)
    {
        mapped = null;
        if (ThinkingRules.TryResolve(wire, card, out bool thinking) is { } refusal)
        {
            return refusal;
        }

        bool requiresReasoning = RequiresReasoning(card, thinking);
        WireError? error = MessageRules.TryMap(wire.Messages, requiresReasoning, out IReadOnlyList<ChatMessage> messages);
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
            ?? LaterFields.Refuse(wire)
            ?? BudgetRules.CheckSent(wire);
        if (error is not null)
        {
            return error;
        }

        mapped = new MappedRequest(wire, new ChatRequest
        {
            RequestId = requestId,
            TenantId = tenantId,
            Messages = messages,
            Thinking = thinking,
            MaxCompletionTokens = 1,
            Sampling = sampling,
            Stop = wire.Stop ?? [],
            ChoiceCount = (int)(wire.N ?? 1),
            TopLogprobs = LogprobRules.CountOf(wire),
        });
        return null;
    }
}
