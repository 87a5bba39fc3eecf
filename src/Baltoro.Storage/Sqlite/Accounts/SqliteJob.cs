namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>One piece of work for the writer: executed inside a shared transaction, answered after its commit.</summary>
internal sealed class SqliteJob<TResult>(Func<SqliteSession, TResult> work) : ISqliteJob
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    /// <summary>Completes when the work is committed or has failed.</summary>
    public Task<TResult> Answer => _answer.Task;

    /// <inheritdoc/>
    public void Execute(SqliteSession session) => _result = work(session);

    /// <inheritdoc/>
    public void Complete() => _answer.TrySetResult(_result!); // set by Execute, which ran without a fault

    /// <inheritdoc/>
    public void Fail(Exception fault) => _answer.TrySetException(fault);
}
