using Baltoro.Kimi.Conversation;
using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Gate;

/// <summary>
/// One request on a backend. Whatever the reader of the events does, disposing cancels the backend, drains its stream
/// to the end so that the token counts are known, and settles exactly once (I7). Used by one request at a time.
/// </summary>
internal sealed class BackendRun : IEventRun
{
    private readonly IChatBackend _backend;
    private readonly ChatRequest _request;
    private readonly CancellationTokenSource _cancel;
    private readonly Func<ChatUsage, RequestEnd, ValueTask> _settle;
    private readonly ILogger _logger;
    private IAsyncEnumerator<ChatEvent>? _events;
    private ChatUsage _usage;
    private bool _isEnded;
    private bool _isFaulted;
    private bool _hasUsage;
    private bool _isDisposed;
    private bool _isSettled;
    private int _openChoices;

    public BackendRun(
        IChatBackend backend,
        ChatRequest request,
        Func<ChatUsage, RequestEnd, ValueTask> settle,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _backend = backend;
        _request = request;
        _settle = settle;
        _logger = logger;
        _openChoices = request.ChoiceCount;
    }

    /// <summary>Whether the request was cancelled from our side or the client's.</summary>
    public bool IsCancelled => _cancel.IsCancellationRequested;

    /// <summary>The next event, or null at the end. A backend that throws or breaks off yields a fault, never an exception.</summary>
    public async ValueTask<ChatEvent?> NextAsync()
    {
        if (_isEnded)
        {
            return null;
        }

        try
        {
            _events ??= _backend.StreamAsync(_request, _cancel.Token).GetAsyncEnumerator(_cancel.Token);
            if (await _events.MoveNextAsync().ConfigureAwait(false))
            {
                return Note(_events.Current);
            }

            _isEnded = true;
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            _isEnded = true;
        }
        catch (Exception fault)
        {
            ServerLog.BackendThrew(_logger, _backend.Name, _request.RequestId, fault);
            return Break(new ChatEvent.Fault(ChatFaultKind.Internal, "the backend threw"));
        }

        return _hasUsage || _isFaulted || IsCancelled ? null : Break(Broken("it ended without token counts"));
    }

    /// <summary>
    /// Settles a run whose every choice has finished and whose counts are known, before its end is told to the client;
    /// does nothing for any other.
    /// </summary>
    public ValueTask SettleCompletedAsync() =>
        _hasUsage && _openChoices == 0 && !_isFaulted ? SettleOnceAsync(RequestEnd.Completed) : ValueTask.CompletedTask;

    /// <summary>Cancels, drains and settles.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        bool isComplete = _hasUsage && _openChoices == 0 && !_isFaulted;
        await _cancel.CancelAsync().ConfigureAwait(false);
        while (await NextAsync().ConfigureAwait(false) is not null)
        {
        }

        await DisposeEventsAsync().ConfigureAwait(false);
        _cancel.Dispose();
        await SettleOnceAsync(_isFaulted ? RequestEnd.Faulted : isComplete ? RequestEnd.Completed : RequestEnd.Cancelled)
            .ConfigureAwait(false);
    }

    private async ValueTask SettleOnceAsync(RequestEnd end)
    {
        if (_isSettled)
        {
            return;
        }

        _isSettled = true;
        try
        {
            await _settle(_usage, end).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            ServerLog.SettlementFailed(_logger, _request.RequestId, fault);
        }
    }

    private async ValueTask DisposeEventsAsync()
    {
        try
        {
            await (_events?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            ServerLog.BackendThrew(_logger, _backend.Name, _request.RequestId, fault);
        }
    }

    private ChatEvent Note(ChatEvent next)
    {
        switch (next)
        {
            case ChatEvent.Usage usage:
                _usage = usage.Counts;
                _hasUsage = true;
                break;
            case ChatEvent.Finish:
                _openChoices--;
                break;
            case ChatEvent.Fault fault:
                Log(fault);
                _isFaulted = true;
                break;
            default:
                break;
        }

        return next;
    }

    /// <summary>Refusals of a request are the client's business; only failures are logged.</summary>
    private void Log(ChatEvent.Fault fault)
    {
        if (fault.Kind is ChatFaultKind.Internal or ChatFaultKind.Unavailable)
        {
            ServerLog.BackendFault(_logger, _backend.Name, _request.RequestId, $"{fault.Kind}: {fault.Message}");
        }
    }

    private ChatEvent.Fault Break(ChatEvent.Fault fault)
    {
        _isEnded = true;
        _isFaulted = true;
        return fault;
    }

    private ChatEvent.Fault Broken(string problem)
    {
        ServerLog.BackendFault(_logger, _backend.Name, _request.RequestId, problem);
        return new ChatEvent.Fault(ChatFaultKind.Internal, problem);
    }
}
