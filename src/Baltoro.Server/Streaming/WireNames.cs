using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Streaming;

/// <summary>Wire words of neutral values.</summary>
internal static class WireNames
{
    public static string Of(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.Stop => "stop",
        ChatFinishReason.Length => "length",
        ChatFinishReason.ToolCalls => "tool_calls",
        _ => throw new InvalidOperationException($"unknown finish reason {reason}"),
    };
}
