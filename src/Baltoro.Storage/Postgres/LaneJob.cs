using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Postgres;

/// <summary>One transaction and whoever waits for its answer.</summary>
internal sealed class LaneJob<TResult>(
    AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellation) : ILaneJob
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    public AccountQuery Query => query;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Completes when the transaction is committed or has failed.</summary>
    public Task<TResult> Answer => _answer.Task;

    public AccountChange Decide(AccountView view)
    {
        AccountDecision<TResult> decision = decide(view);
        _result = decision.Result;
        return decision.Change;
    }

    public void Complete() => _answer.TrySetResult(_result!); // set by Decide, which ran without a fault

    public void Fail(Exception fault) => _answer.TrySetException(fault);
}
