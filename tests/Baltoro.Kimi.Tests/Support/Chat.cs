using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>Short forms to write conversations.</summary>
internal static class Chat
{
    public static ChatRequest Request(bool thinking, params ChatMessage[] messages) => new()
    {
        RequestId = "r1",
        TenantId = "t1",
        Messages = messages,
        Thinking = thinking,
        MaxCompletionTokens = 100,
    };

    public static ChatMessage System(string text) => ChatMessage.FromText(ChatRole.System, text);

    public static ChatMessage User(string text) => ChatMessage.FromText(ChatRole.User, text);

    public static ChatMessage Assistant(string text, string? reasoning = null) =>
        ChatMessage.FromText(ChatRole.Assistant, text) with { Reasoning = reasoning };

    public static ChatMessage Calls(string? reasoning, params ToolCall[] calls) =>
        new() { Role = ChatRole.Assistant, Reasoning = reasoning, ToolCalls = calls };

    public static ChatMessage Result(string id, string text) => ChatMessage.FromText(ChatRole.Tool, text) with { ToolCallId = id };
}
