using System.Globalization;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Gives every tool call of a conversation the id the model was trained on, <c>functions.NAME:INDEX</c> with an index
/// that counts all calls from 0, and lets tool results follow. Clients send ids of any kind; some use the same one in
/// every turn, so an id means its most recent use.
/// </summary>
internal sealed class CallIdRewriter
{
    private readonly Dictionary<string, Queue<string>> _rewritten = new(StringComparer.Ordinal);

    public int CallCount { get; private set; }

    /// <summary>New ids of the calls of one assistant message, in order.</summary>
    public IReadOnlyList<string> Rewrite(IReadOnlyList<ToolCall> calls)
    {
        foreach (ToolCall call in calls)
        {
            _rewritten.Remove(call.Id);
        }

        List<string> ids = new(calls.Count);
        foreach (ToolCall call in calls)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"functions.{call.Name}:{CallCount++}");
            ids.Add(id);
            if (!_rewritten.TryGetValue(call.Id, out Queue<string>? sameId))
            {
                _rewritten.Add(call.Id, sameId = []);
            }

            sameId.Enqueue(id);
        }

        return ids;
    }

    /// <summary>New id of the call a tool message answers; an id no call had stays as it is.</summary>
    public string Answer(string toolCallId)
    {
        if (!_rewritten.TryGetValue(toolCallId, out Queue<string>? sameId))
        {
            return toolCallId;
        }

        // Calls of one message that share an id are answered in order.
        return sameId.Count > 1 ? sameId.Dequeue() : sameId.Peek();
    }
}
