using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Completions;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Streaming;

namespace Baltoro.Server.Completions;

/// <summary>Gathers the events of a raw completion into one reply.</summary>
internal sealed class CompletionCollector(CompletionFrame frame)
{
    private readonly Answer[] _answers = [.. frame.Echoes.Select(echo => new Answer(echo))];
    private ChatUsage _usage;

    /// <summary>Reads <paramref name="run"/> to its end. Null reply and null error: it was cancelled.</summary>
    public async ValueTask<(CompletionReply? Reply, WireError? Error)> RunAsync(IEventRun run)
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
            return (ReplyOf(frame, [.. _answers.Select(Build)], ReplyFrame.UsageOf(_usage)), null);
        }

        return (null, run.IsCancelled ? null : FaultMapper.Internal());
    }

    public static CompletionReply ReplyOf(CompletionFrame frame, IReadOnlyList<CompletionChoice> choices, UsageBlock? usage) => new()
    {
        Id = frame.Id,
        Created = frame.Created,
        Model = frame.Model,
        SystemFingerprint = frame.Fingerprint,
        Choices = choices,
        Usage = usage,
    };

    private void Take(ChatEvent next)
    {
        switch (next)
        {
            case ChatEvent.PromptTokens prompt:
                _answers[prompt.Choice].Logprobs.Add(CompletionText.Take(prompt));
                break;
            case ChatEvent.TextDelta delta:
                Answer answer = _answers[delta.Choice];
                answer.Text.Append(delta.Text);
                if (answer.Offsets.Take(delta) is { } logprobs)
                {
                    answer.Logprobs.Add(logprobs);
                }

                break;
            case ChatEvent.Finish finish:
                _answers[finish.Choice].Finish = finish.Reason;
                break;
            case ChatEvent.Usage usage:
                _usage = usage.Counts;
                break;
            default:
                throw new InvalidOperationException($"event {next.GetType().Name} in a raw completion");
        }
    }

    private CompletionChoice Build(Answer answer, int index) => new()
    {
        Index = index,
        Text = answer.Text.ToString(),
        Logprobs = frame.HasLogprobs ? CompletionText.Join(answer.Logprobs) : null,
        FinishReason = WireNames.Of(answer.Finish ?? throw new InvalidOperationException("choice without a finish")),
    };

    private sealed class Answer(string echo)
    {
        public StringBuilder Text { get; } = new(echo);

        public CompletionText Offsets { get; } = new(echo);

        public List<CompletionLogprobs> Logprobs { get; } = [];

        public ChatFinishReason? Finish { get; set; }
    }
}
