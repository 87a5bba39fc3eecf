using System.Globalization;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Messages: roles, emptiness, part types, and the pairing of tool calls with tool messages.</summary>
internal static class MessageRules
{
    private const string Roles = "'system', 'developer', 'user', 'assistant', 'tool'";

    /// <param name="wire">Messages as sent.</param>
    /// <param name="requiresReasoning">Whether tool steps of the current turn must carry their reasoning.</param>
    /// <param name="media">What the model takes beside text.</param>
    /// <param name="messages">The mapped messages; empty on error.</param>
    public static WireError? TryMap(
        IReadOnlyList<WireMessage> wire, bool requiresReasoning, MediaRules media, out IReadOnlyList<ChatMessage> messages)
    {
        messages = [];
        if (wire.Count == 0)
        {
            return WireError.Exact("Invalid request: messages must not be empty", "messages");
        }

        if ((LegacyMessages.Rewrite(wire, out wire) ?? CheckPartial(wire)) is { } misplaced)
        {
            return misplaced;
        }

        List<ChatMessage> mapped = new(wire.Count);
        for (int i = 0; i < wire.Count; i++)
        {
            if (TryMapOne(wire[i], i, media, out ChatMessage? message) is { } error)
            {
                return error;
            }

            mapped.Add(message!); // Set whenever there is no error.
        }

        if ((ToolPairing.Check(mapped) ?? (requiresReasoning ? CheckReasoning(mapped) : null)) is { } broken)
        {
            return broken;
        }

        messages = mapped;
        return null;
    }

    private static WireError? TryMapOne(WireMessage wire, int index, MediaRules media, out ChatMessage? message)
    {
        message = null;
        if (RoleOf(wire.Role) is not { } role)
        {
            return WireError.Field($"messages[{index}].role", $"must be one of {Roles}, found '{JsonDescription.Cut(wire.Role)}'");
        }

        WireError? error = CheckFields(wire, role, index) ?? CheckContent(wire, role, index, media);
        List<ContentPart> content = [];
        if ((error ?? MapContent(wire, media, content)) is { } refused)
        {
            return refused;
        }

        message = new ChatMessage
        {
            Role = role,
            Name = wire.Name,
            Content = content,
            Reasoning = wire.ReasoningContent,
            ToolCalls = [.. wire.ToolCalls.Select(call => new ToolCall(call.Id, call.Name, call.Arguments))],
            ToolCallId = wire.ToolCallId,
            Partial = wire.Partial,
        };
        return null;
    }

    /// <summary>Only the last message can be continued, and only the assistant's.</summary>
    private static WireError? CheckPartial(IReadOnlyList<WireMessage> wire)
    {
        for (int i = 0; i < wire.Count; i++)
        {
            bool isSound = i == wire.Count - 1 && wire[i].Role == "assistant" && wire[i].ToolCalls.Count == 0;
            if (wire[i].Partial && !isSound)
            {
                return WireError.Field(
                    $"messages[{i}].partial", "is only allowed on the last message, with role 'assistant' and without tool_calls");
            }
        }

        return null;
    }

    private static ChatRole? RoleOf(string role) => role switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        "tool" => ChatRole.Tool,
        _ => null,
    };

    private static WireError? CheckFields(WireMessage wire, ChatRole role, int index)
    {
        if (wire.ToolCalls.Count > 0 && role != ChatRole.Assistant)
        {
            return WireError.Field($"messages[{index}].tool_calls", $"is only allowed for role 'assistant', found role '{wire.Role}'");
        }

        for (int i = 0; i < wire.ToolCalls.Count; i++)
        {
            if (wire.ToolCalls[i].Id.Length == 0 || wire.ToolCalls[i].Name.Length == 0)
            {
                string member = wire.ToolCalls[i].Id.Length == 0 ? "id" : "function.name";
                return WireError.Field($"messages[{index}].tool_calls[{i}].{member}", "must not be empty");
            }
        }

        return role == ChatRole.Tool && string.IsNullOrEmpty(wire.ToolCallId)
            ? WireError.Field($"messages[{index}].tool_call_id", "is required for role 'tool' and must not be empty")
            : null;
    }

    private static WireError? MapContent(WireMessage wire, MediaRules media, List<ContentPart> content)
    {
        foreach (WirePart part in wire.Content.Where(IsNotEmpty))
        {
            if (media.TryMap(part, out ContentPart? mapped) is { } error)
            {
                return error;
            }

            content.Add(mapped!); // Set whenever there is no error.
        }

        return null;
    }

    private static bool IsNotEmpty(WirePart part) => part.Media is not null || part.Text is { Length: > 0 };

    private static WireError? CheckContent(WireMessage wire, ChatRole role, int index, MediaRules media)
    {
        for (int i = 0; i < wire.Content.Count; i++)
        {
            if (!media.Allows(wire.Content[i].Type, role))
            {
                string path = $"messages[{index}].content[{i}].type";
                return WireError.Exact(
                    $"Invalid request: the message at position {index} with role '{wire.Role}' contains an invalid part type: "
                    + $"{JsonDescription.Cut(wire.Content[i].Type)} ({path} must be {media.AllowedFor(role)})",
                    path);
            }
        }

        if (wire.Content.Any(IsNotEmpty) || wire.ToolCalls.Count > 0 || role == ChatRole.Tool || wire.Partial)
        {
            return null;
        }

        return wire.IsPartArray && wire.Content.Count > 0
            ? WireError.Exact("text content is empty", $"messages[{index}].content")
            : WireError.Exact(
                $"the message at position {index} with role '{wire.Role}' must not be empty", $"messages[{index}].content");
    }

    /// <summary>Tool steps after the last user message belong to the current turn and keep their reasoning.</summary>
    private static WireError? CheckReasoning(List<ChatMessage> messages)
    {
        int turnStart = messages.FindLastIndex(message => message.Role == ChatRole.User);
        int broken = messages.FindIndex(
            turnStart + 1,
            message => message is { Role: ChatRole.Assistant, ToolCalls.Count: > 0, Reasoning: null });
        return broken < 0
            ? null
            : WireError.Exact(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"thinking is enabled but reasoning_content is missing in assistant tool call message at index {broken}"),
                $"messages[{broken}].reasoning_content");
    }
}
