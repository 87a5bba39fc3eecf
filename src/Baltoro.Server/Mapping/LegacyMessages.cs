using System.Globalization;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Rewrites the old form of tool calls, which has no ids, to today's: an assistant's <c>function_call</c> becomes one tool
/// call, the <c>function</c> message after it its answer.
/// </summary>
internal static class LegacyMessages
{
    public static WireError? Rewrite(IReadOnlyList<WireMessage> wire, out IReadOnlyList<WireMessage> rewritten)
    {
        rewritten = wire;
        if (wire.All(message => message.FunctionCall is null && message.Role != "function"))
        {
            return null;
        }

        List<WireMessage> messages = new(wire.Count);
        string? openId = null;
        for (int i = 0; i < wire.Count; i++)
        {
            WireMessage message = wire[i];
            if (message.Role == "function")
            {
                if (openId is null)
                {
                    return WireError.Field($"messages[{i}].role", "'function' must follow an assistant message with function_call");
                }

                messages.Add(message with { Role = "tool", ToolCallId = openId });
                openId = null;
                continue;
            }

            openId = null;
            if (message.FunctionCall is { } call)
            {
                if (message.ToolCalls.Count > 0)
                {
                    return WireError.Field($"messages[{i}].function_call", "is the old form of tool_calls; send one of them");
                }

                openId = string.Create(CultureInfo.InvariantCulture, $"function_call:{i}");
                message = message with { ToolCalls = [call with { Id = openId }] };
            }

            messages.Add(message);
        }

        rewritten = messages;
        return null;
    }
}
