using Baltoro.Kimi.Cards;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Whether a request thinks. <c>thinking</c> decides before <c>chat_template_kwargs.thinking</c>, that before the card.</summary>
internal static class ThinkingRules
{
    private const string OnlyEnabled = "invalid thinking: only type=enabled is allowed for this model";

    public static WireError? TryResolve(ChatCompletionRequest wire, ModelCard card, out bool thinking)
    {
        thinking = card.Thinking != ThinkingPolicy.OffByDefault;
        if (wire.Thinking is not null && wire.ReasoningEffort is not null)
        {
            return WireError.Exact("cannot specify both 'thinking' and 'reasoning_effort'", "reasoning_effort");
        }

        if (wire.Thinking is { } sent)
        {
            if (Check(sent, card.Profile) is { } error)
            {
                return error;
            }

            thinking = sent.Type != "disabled";
        }
        else if (wire.TemplateThinking is { } template)
        {
            thinking = template;
        }

        return !thinking && card.Thinking == ThinkingPolicy.Always
            ? WireError.Exact(OnlyEnabled, wire.Thinking is null ? "chat_template_kwargs.thinking" : "thinking.type")
            : null;
    }

    private static WireError? Check(WireThinking sent, CardProfile profile)
    {
        if (sent.Type is not (null or "enabled" or "disabled"))
        {
            return WireError.Field("thinking.type", $"must be 'enabled' or 'disabled', found '{JsonDescription.Cut(sent.Type)}'");
        }

        return profile == CardProfile.Platform && sent.UnknownMembers is [string unknown, ..]
            ? WireError.Field($"thinking.{JsonDescription.Cut(unknown)}", "is not allowed for this model; the only member is 'type'")
            : null;
    }
}
