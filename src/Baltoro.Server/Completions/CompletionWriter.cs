using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Completions;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Sse;
using Baltoro.Server.Streaming;

namespace Baltoro.Server.Completions;

/// <summary>Events → events of a streamed raw completion: the echo, text, one event with the finish per choice, <c>[DONE]</c>.</summary>
internal sealed class CompletionWriter(CompletionFrame frame, SseWriter output) : IEventWriter
{
    private readonly CompletionText[] _texts = [.. frame.Echoes.Select(echo => new CompletionText(echo))];
    private int _openChoices = frame.Echoes.Count;

    public bool IsDone { get; private set; }

    public void WriteStart()
    {
        for (int choice = 0; choice < _texts.Length; choice++)
        {
            if (_texts[choice].Echo.Length > 0)
            {
                WriteChoice(new CompletionChoice { Index = choice, Text = _texts[choice].Echo });
            }
        }
    }

    public void Write(ChatEvent next)
    {
        switch (next)
        {
            case ChatEvent.PromptTokens prompt:
                WriteChoice(new CompletionChoice { Index = prompt.Choice, Text = "", Logprobs = CompletionText.Take(prompt) });
                break;
            case ChatEvent.TextDelta delta:
                CompletionLogprobs? logprobs = _texts[delta.Choice].Take(delta);
                WriteChoice(new CompletionChoice { Index = delta.Choice, Text = delta.Text, Logprobs = frame.HasLogprobs ? logprobs : null });
                break;
            case ChatEvent.Finish finish:
                _openChoices--;
                WriteChoice(new CompletionChoice { Index = finish.Choice, Text = "", FinishReason = WireNames.Of(finish.Reason) });
                break;
            case ChatEvent.Usage usage when _openChoices == 0:
                WriteEnd(ReplyFrame.UsageOf(usage.Counts));
                break;
            case ChatEvent.Usage:
                break;
            default:
                throw new InvalidOperationException($"event {next.GetType().Name} in a raw completion");
        }
    }

    public void WriteError(WireError error)
    {
        output.WriteEvent(error.ToReply(), WireJson.Wire.ErrorReply);
        IsDone = true;
    }

    private void WriteEnd(UsageBlock usage)
    {
        if (frame.IncludeUsage)
        {
            WriteReply([], usage);
        }

        output.WriteDone();
        IsDone = true;
    }

    private void WriteChoice(CompletionChoice choice) => WriteReply([choice], null);

    private void WriteReply(IReadOnlyList<CompletionChoice> choices, UsageBlock? usage) =>
        output.WriteEvent(CompletionCollector.ReplyOf(frame, choices, usage), WireJson.Wire.CompletionReply);
}
