using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Gate;

/// <summary>
/// Several requests answered one after the other as if they were one: choices are counted through, token counts added up.
/// A run is made when its turn comes, so only what really ran is settled. Stops at the first fault.
/// </summary>
internal sealed class BatchRun(IReadOnlyList<Func<BackendRun>> runs, int choicesPerRun) : IEventRun
{
    private BackendRun? _current;
    private int _index = -1;
    private ChatUsage _usage;
    private bool _isEnded;

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
                    _current = _isEnded ? null : runs[_index]();
                    break;
                case ChatEvent.Usage usage:
                    _usage = Sum(_usage, usage.Counts);
                    break;
                case ChatEvent.Fault fault:
                    _isEnded = true;
                    return fault;
                default:
                    return Shift(next, _index * choicesPerRun);
            }

            if (_isEnded)
            {
                return new ChatEvent.Usage(_usage);
            }
        }

        return null;
    }

    /// <summary>Each run has been settled before the next one began, the last one before the counts are told.</summary>
    public ValueTask SettleCompletedAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => DisposeCurrentAsync();

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
