using Baltoro.Kimi.Conversation;

namespace Baltoro.Cli.Composition;

/// <summary>
/// A backend that is opened while the caller does something else. Disposing it disposes the backend; one that is still being opened, because
/// the caller failed meanwhile, is not waited for and disposed when it is there.
/// </summary>
internal sealed class OpeningBackend : IAsyncDisposable
{
    private readonly Task<IChatBackend> _opening;

    private OpeningBackend(Task<IChatBackend> opening) => _opening = opening;

    public static OpeningBackend Start(Func<ValueTask<IChatBackend>> open) => new(Task.Run(() => open().AsTask()));

    /// <summary>The backend; throws what opening it threw.</summary>
    public Task<IChatBackend> BackendAsync() => _opening;

    public ValueTask DisposeAsync()
    {
        Task disposing = DisposeOpenedAsync();
        return _opening.IsCompleted ? new ValueTask(disposing) : ValueTask.CompletedTask;
    }

    private async Task DisposeOpenedAsync()
    {
        // Whoever waited for the backend was told why there is none.
        await ((Task)_opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_opening.IsCompletedSuccessfully)
        {
            await (await _opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
