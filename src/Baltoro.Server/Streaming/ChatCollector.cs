using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;

namespace Baltoro.Server.Streaming;

/// <summary>Gathers a backend's events into one reply.</summary>
internal sealed class ChatCollector(ReplyFrame frame)
{
    private readonly Answer[] _answers = [.. Enumerable.Range(0, frame.ChoiceCount).Select(_ => new Answer())];
    private ChatUsage _usage;

    /// <summary>Reads <paramref name="run"/> to its end. Null reply and null error: it was cancelled.</summary>
    public async ValueTask<(ChatReply? Reply, WireError? Error)> RunAsync(BackendRun run)
    {
        while (await run.NextAsync().ConfigureAwait(false) is { } next)
        {
            if (next is ChatEvent.Fault fault)
            {
                return (null, FaultMapper.Map(fault));
            }

            Take(next);
        }

        if (_answers.All(answer => answer.Finish is not null))
        {
            return (Build(), null);
        }

        return (null, run.IsCancelled ? null : FaultMapper.Internal());
    }

    private void Take(ChatEvent next)
    {
        switch (next)
        {
            case ChatEvent.ReasoningDelta delta:
                _answers[delta.Choice].Reasoning.Append(delta.Text);
                break;
            case ChatEvent.TextDelta delta:
                _answers[delta.Choice].Text.Append(delta.Text);
                if (frame.HasLogprobs && delta.Logprobs is { } logprobs)
                {
                    _answers[delta.Choice].Logprobs.AddRange(LogprobWriter.EntriesOf(logprobs));
                }

                break;
            case ChatEvent.ToolCallStart start:
                _answers[start.Choice].Calls.Add(new Call(start.Id, start.Name));
                break;
            case ChatEvent.ToolCallArguments piece:
                _answers[piece.Choice].Calls[piece.CallIndex].Arguments.Append(piece.Json);
                break;
            case ChatEvent.Progress:
                break;
            case ChatEvent.Finish finish:
                _answers[finish.Choice].Finish = finish.Reason;
                break;
            case ChatEvent.Usage usage:
                _usage = usage.Counts;
                break;
            default:
                throw new InvalidOperationException($"unknown event {next.GetType().Name}");
        }
    }

    private ChatReply Build() => new()
    {
        Id = frame.Id,
        Created = frame.Created,
        Model = frame.Model,
        SystemFingerprint = frame.Fingerprint,
        Choices = [.. _answers.Select(BuildChoice)],
        Usage = ReplyFrame.UsageOf(_usage) with { Receipt = frame.Receipt },
    };

    private ReplyChoice BuildChoice(Answer answer, int index) => new()
    {
        Index = index,
        Message = new ReplyMessage
        {
            Content = answer.Text.ToString(),
            ReasoningContent = frame.Thinking || answer.Reasoning.Length > 0 ? answer.Reasoning.ToString() : null,
            ToolCalls = answer.Calls.Count == 0 || frame.IsLegacyFunctions ? null : [.. answer.Calls.Select(BuildCall)],
            FunctionCall = frame.IsLegacyFunctions && answer.Calls is [{ } call, ..] ? BuildCall(call, 0).Function : null,
        },
        Logprobs = frame.HasLogprobs ? new LogprobBlock(answer.Logprobs) : null,
        FinishReason = frame.FinishOf(answer.Finish ?? throw new InvalidOperationException("choice without a finish")),
    };

    private static ToolCallBlock BuildCall(Call call, int index) => new()
    {
        Index = index,
        Id = call.Id,
        Type = "function",
        Function = new FunctionBlock(call.Name, call.Arguments.ToString()),
    };

    private sealed class Answer
    {
        public StringBuilder Reasoning { get; } = new();

        public StringBuilder Text { get; } = new();

        public List<Call> Calls { get; } = [];

        public List<LogprobEntry> Logprobs { get; } = [];

        public ChatFinishReason? Finish { get; set; }
    }

    private sealed record Call(string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
