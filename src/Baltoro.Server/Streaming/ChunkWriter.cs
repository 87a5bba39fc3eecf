using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Sse;

namespace Baltoro.Server.Streaming;

/// <summary>
/// Events → chunks, in the platform's order per choice: role, reasoning closed by an empty piece, content, tool calls,
/// finish. The last finish waits for the token counts, which stand inside its choice; an extra chunk carries them once
/// more on request; <c>[DONE]</c> ends. Pure framing: no clock, no network.
/// </summary>
internal sealed class ChunkWriter(ReplyFrame frame, SseWriter output) : IEventWriter
{
    private readonly bool[] _isReasoning = new bool[frame.ChoiceCount];
    private readonly (int Completion, int Reasoning)[] _counts = new (int, int)[frame.ChoiceCount];
    private ChatEvent.Finish? _lastFinish;
    private int _openChoices = frame.ChoiceCount;

    /// <summary>Whether everything up to <c>[DONE]</c> has been written.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The first chunk of every choice.</summary>
    public void WriteStart()
    {
        for (int choice = 0; choice < frame.ChoiceCount; choice++)
        {
            WriteDelta(choice, new ChunkDelta { Role = "assistant", Content = "" });
        }
    }

    /// <summary>The chunks of <paramref name="next"/>; none for an event that waits for a later one.</summary>
    public void Write(ChatEvent next)
    {
        switch (next)
        {
            case ChatEvent.Progress progress:
                _counts[progress.Choice] = (progress.CompletionTokens, progress.ReasoningTokens);
                break;
            case ChatEvent.ReasoningDelta delta:
                WriteReasoning(delta);
                break;
            case ChatEvent.TextDelta delta:
                CloseReasoning(delta.Choice);
                WriteText(delta);
                break;
            case ChatEvent.ToolCallStart start:
                CloseReasoning(start.Choice);
                WriteCall(start.Choice, new ToolCallBlock
                {
                    Index = start.CallIndex,
                    Id = start.Id,
                    Type = "function",
                    Function = new FunctionBlock(start.Name, ""),
                });
                break;
            case ChatEvent.ToolCallArguments piece:
                WriteCall(piece.Choice, new ToolCallBlock { Index = piece.CallIndex, Function = new FunctionBlock(null, piece.Json) });
                break;
            case ChatEvent.Finish finish:
                CloseReasoning(finish.Choice);
                WriteFinish(finish);
                break;
            case ChatEvent.Usage usage:
                WriteEnd(ReplyFrame.UsageOf(usage.Counts) with { Receipt = frame.Receipt });
                break;
            default:
                throw new InvalidOperationException($"event {next.GetType().Name} has no chunk");
        }
    }

    /// <summary>The one event that ends a stream that failed; no <c>[DONE]</c> follows.</summary>
    public void WriteError(WireError error)
    {
        output.WriteEvent(error.ToReply(), WireJson.Wire.ErrorReply);
        IsDone = true;
    }

    private void WriteReasoning(ChatEvent.ReasoningDelta delta)
    {
        if (delta.Text.Length > 0)
        {
            _isReasoning[delta.Choice] = true;
            WriteDelta(delta.Choice, new ChunkDelta { ReasoningContent = delta.Text });
        }
    }

    private void CloseReasoning(int choice)
    {
        if (_isReasoning[choice])
        {
            _isReasoning[choice] = false;
            WriteDelta(choice, new ChunkDelta { ReasoningContent = "" });
        }
    }

    private void WriteText(ChatEvent.TextDelta delta)
    {
        LogprobBlock? logprobs = frame.HasLogprobs ? LogprobWriter.BlockOf(delta.Logprobs) : null;
        if (delta.Text.Length > 0 || logprobs is not null)
        {
            WriteChoice(new ChunkChoice { Index = delta.Choice, Delta = new ChunkDelta { Content = delta.Text }, Logprobs = logprobs });
        }
    }

    private void WriteCall(int choice, ToolCallBlock call) => WriteDelta(
        choice, frame.IsLegacyFunctions ? new ChunkDelta { FunctionCall = call.Function } : new ChunkDelta { ToolCalls = [call] });

    private void WriteFinish(ChatEvent.Finish finish)
    {
        _openChoices--;
        if (_openChoices == 0)
        {
            _lastFinish = finish;
        }
        else
        {
            WriteChoice(new ChunkChoice { Index = finish.Choice, Delta = new ChunkDelta(), FinishReason = frame.FinishOf(finish.Reason) });
        }
    }

    private void WriteEnd(UsageBlock usage)
    {
        if (_lastFinish is not { } finish)
        {
            // Cut before every choice was complete: the caller decides what, if anything, ends the stream.
            return;
        }

        WriteChoice(new ChunkChoice
        {
            Index = finish.Choice,
            Delta = new ChunkDelta(),
            FinishReason = frame.FinishOf(finish.Reason),
            Usage = usage,
        });
        if (frame.IncludeUsage)
        {
            WriteChunk([], usage);
        }

        output.WriteDone();
        IsDone = true;
    }

    private void WriteDelta(int choice, ChunkDelta delta) => WriteChoice(new ChunkChoice { Index = choice, Delta = delta });

    private void WriteChoice(ChunkChoice choice) => WriteChunk([choice], frame.ContinuousUsage ? UsageSoFar(choice) : null);

    /// <summary>The final counts where they are known, otherwise those of all choices so far.</summary>
    private UsageBlock UsageSoFar(ChunkChoice choice) =>
        choice.Usage ?? UsageBlock.Of(frame.PromptTokens, 0, _counts.Sum(count => count.Completion), _counts.Sum(count => count.Reasoning));

    private void WriteChunk(IReadOnlyList<ChunkChoice> choices, UsageBlock? usage) => output.WriteEvent(
        new ChatChunk
        {
            Id = frame.Id,
            Created = frame.Created,
            Model = frame.Model,
            SystemFingerprint = frame.Fingerprint,
            Choices = choices,
            Usage = usage,
        },
        WireJson.Wire.ChatChunk);
}
