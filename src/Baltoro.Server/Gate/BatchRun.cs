using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Gate;

/// <summary>
/// Several prompts of one request, answered one after the other: choices are counted through, token counts added up, and the sum is
/// settled exactly once (I7). A run is made when its turn comes. Stops at the first fault. Used by one request at a time.
/// </summary>
/// <param name="runs">Makes the run of each prompt; it reports its tokens and its end to the function it is handed.</param>
/// <param name="choicesPerRun">Choices of each prompt.</param>
/// <param name="settle">Ends the request: tokens of all prompts that ran.</param>
internal sealed class BatchRun(
    IReadOnlyList<Func<Func<ChatUsage, RequestEnd, ValueTask>, BackendRun>> runs,
    int choicesPerRun,
    Func<ChatUsage, RequestEnd, ValueTask> settle) : IEventRun
{
    private BackendRun? _current;
    private int _index = -1;
    private ChatUsage _told;
    private ChatUsage _charged;
    private RequestEnd _end = RequestEnd.Completed;
    private bool _isEnded;
    private bool _isSettled;

    public bool IsCancelled { get; private set; }

    public async ValueTask<ChatEvent?> NextAsync()
    {
        while (!_isEnded)
        {
            ChatEvent? next = _current is null ? null : await _current.NextAsync().ConfigureAwait(false);
            IsCancelled |= _current?.IsCancelled ?? false;
            switch (next)
            {
                case null when IsCancelled:
                    _isEnded = true;
                    break;
                case null:
                    await DisposeCurrentAsync().ConfigureAwait(false);
                    _isEnded = ++_index == runs.Count;
                    _current = _isEnded ? null : runs[_index](NoteEndAsync);
                    break;
                case ChatEvent.Usage usage:
                    _told = Sum(_told, usage.Counts);
                    break;
                case ChatEvent.Fault fault:
                    _isEnded = true;
                    return fault;
                default:
                    return Shift(next, _index * choicesPerRun);
            }

            if (_isEnded)
            {
                return new ChatEvent.Usage(_told);
            }
        }

        return null;
    }

    /// <summary>Settles when every prompt has been answered.</summary>
    public ValueTask SettleCompletedAsync() =>
        _index == runs.Count && _end == RequestEnd.Completed ? SettleOnceAsync(RequestEnd.Completed) : ValueTask.CompletedTask;

    /// <summary>Ends the prompt that runs, and settles.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeCurrentAsync().ConfigureAwait(false);
        RequestEnd end = _end == RequestEnd.Completed && _index < runs.Count ? RequestEnd.Cancelled : _end;
        await SettleOnceAsync(end).ConfigureAwait(false);
    }

    /// <summary>A prompt that produced nothing and did not complete is free beside those that did.</summary>
    private ValueTask NoteEndAsync(ChatUsage usage, RequestEnd end)
    {
        if (end == RequestEnd.Completed || usage.CompletionTokens > 0)
        {
            _charged = Sum(_charged, usage);
        }

        _end = end == RequestEnd.Completed ? _end : end;
        return ValueTask.CompletedTask;
    }

    private async ValueTask SettleOnceAsync(RequestEnd end)
    {
        if (!_isSettled)
        {
            _isSettled = true;
            await settle(_charged, end).ConfigureAwait(false);
        }
    }

    private async ValueTask DisposeCurrentAsync()
    {
        if (_current is { } run)
        {
            _current = null;
            await run.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ChatEvent Shift(ChatEvent next, int offset) => next switch
    {
        ChatEvent.PromptTokens prompt => prompt with { Choice = prompt.Choice + offset },
        ChatEvent.TextDelta delta => delta with { Choice = delta.Choice + offset },
        ChatEvent.Finish finish => finish with { Choice = finish.Choice + offset },
        _ => throw new InvalidOperationException($"event {next.GetType().Name} in a raw completion"),
    };

    private static ChatUsage Sum(ChatUsage left, ChatUsage right) => new(
        left.PromptTokens + right.PromptTokens,
        left.CachedTokens + right.CachedTokens,
        left.CompletionTokens + right.CompletionTokens,
        left.ReasoningTokens + right.ReasoningTokens);
}
