using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>Reads conversations of golden files, which are written in the OpenAI wire form.</summary>
internal static class WireConversation
{
    public static ChatRequest Request(JsonElement json) => Chat.Request(json.GetProperty("thinking").GetBoolean()) with
    {
        Messages = [.. json.GetProperty("messages").EnumerateArray().Select(Message)],
        Tools = json.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Array
            ? [.. tools.EnumerateArray().Select(t => Tool(t.GetProperty("function")))]
            : [],
    };

    public static ToolDefinition Tool(JsonElement function) => new(
        function.GetProperty("name").GetString()!,
        Text(function, "description"),
        function.TryGetProperty("parameters", out JsonElement parameters) ? parameters : null,
        Strict: false);

    private static ChatMessage Message(JsonElement json) => new()
    {
        Role = Enum.Parse<ChatRole>(json.GetProperty("role").GetString()!, ignoreCase: true),
        Name = Text(json, "name"),
        Content = Text(json, "content") is { } content ? [new ContentPart.Text(content)] : [],
        Reasoning = Text(json, "reasoning_content"),
        ToolCallId = Text(json, "tool_call_id"),
        Partial = json.TryGetProperty("partial", out JsonElement partial) && partial.GetBoolean(),
        ToolCalls = json.TryGetProperty("tool_calls", out JsonElement calls) ? [.. calls.EnumerateArray().Select(Call)] : [],
    };

    private static ToolCall Call(JsonElement json)
    {
        JsonElement function = json.GetProperty("function");
        JsonElement arguments = function.GetProperty("arguments");
        string text = arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : PythonJson.Dump(arguments);
        return new ToolCall(json.GetProperty("id").GetString()!, function.GetProperty("name").GetString()!, text);
    }

    private static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
