using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Every call of an assistant message is answered by a tool message right after it, and every tool message answers a
/// call of the assistant message right before it. Ids may be any text.
/// </summary>
internal static class ToolPairing
{
    public static WireError? Check(IReadOnlyList<ChatMessage> messages)
    {
        int index = 0;
        while (index < messages.Count)
        {
            int answerStart = index + 1;
            int end = answerStart;
            if (messages[index].Role == ChatRole.Tool)
            {
                return NotFound(messages[index], index);
            }

            while (end < messages.Count && messages[end].Role == ChatRole.Tool)
            {
                end++;
            }

            if (CheckStep(messages, index, end) is { } error)
            {
                return error;
            }

            index = end;
        }

        return null;
    }

    private static WireError? CheckStep(IReadOnlyList<ChatMessage> messages, int callIndex, int end)
    {
        IReadOnlyList<ToolCall> calls = messages[callIndex].ToolCalls;
        HashSet<string> issued = [.. calls.Select(call => call.Id)];
        HashSet<string> open = [.. issued];
        for (int i = callIndex + 1; i < end; i++)
        {
            string id = messages[i].ToolCallId ?? "";
            if (!issued.Contains(id))
            {
                return NotFound(messages[i], i);
            }

            open.Remove(id);
        }

        string missing = string.Join(", ", calls.Where(call => open.Contains(call.Id)).Select(call => JsonDescription.Cut(call.Id)));
        return open.Count == 0
            ? null
            : WireError.Exact(
                "an assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
                + $"The following tool_call_ids did not have response messages: {missing}",
                $"messages[{callIndex}].tool_calls");
    }

    private static WireError NotFound(ChatMessage message, int index) =>
        WireError.Exact($"tool_call_id {JsonDescription.Cut(message.ToolCallId ?? "")} not found", $"messages[{index}].tool_call_id");
}
