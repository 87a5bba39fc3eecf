using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Tests.Harness;

/// <summary>Calls the tool, answers when its result is there, and writes the document when a format is asked for.</summary>
internal static class ToolModel
{
    public static IEnumerable<ChatEvent> Answer(ChatRequest request)
    {
        if (request.Thinking)
        {
            yield return new ChatEvent.ReasoningDelta(0, "Hmm");
        }

        if (request.ResponseFormat is ResponseFormat.JsonSchema)
        {
            yield return new ChatEvent.TextDelta(0, """{"city":"Paris","unit":"c"}""");
        }
        else if (request.Messages[^1].Role == ChatRole.Tool)
        {
            ContentPart.Text result = (ContentPart.Text)request.Messages[^1].Content[0];
            yield return new ChatEvent.TextDelta(0, $"It is {result.Value}.");
        }
        else
        {
            yield return new ChatEvent.ToolCallStart(0, 0, "get_weather:0", "get_weather");
            yield return new ChatEvent.ToolCallArguments(0, 0, """{"city":"Pa""");
            yield return new ChatEvent.ToolCallArguments(0, 0, """ris","unit":"c"}""");
            yield return new ChatEvent.Finish(0, ChatFinishReason.ToolCalls);
            yield return new ChatEvent.Usage(new ChatUsage(12, 0, 9, 1));
            yield break;
        }

        yield return new ChatEvent.Finish(0, ChatFinishReason.Stop);
        yield return new ChatEvent.Usage(new ChatUsage(12, 0, 9, 1));
    }
}
