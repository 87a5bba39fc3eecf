using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>
/// The one writer of a process: takes whatever work is waiting, up to a bound, into one immediate transaction (group
/// commit) and answers after the commit. When one job fails, the transaction is rolled back and each job is run alone,
/// so a fault reaches only its owner. The queue is bounded; callers wait when it is full.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int QueueLength = 4_096;
    private const int GroupLength = 64;

    /// <summary>SQLITE_ERROR: here "no transaction is active".</summary>
    private const int SqliteErrorNumber = 1;

    private readonly Channel<ISqliteJob> _queue = Channel.CreateBounded<ISqliteJob>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private readonly SqliteSession _session;
    private readonly Task _loop;

    public SqliteWriter(SqliteConnection connection)
    {
        _session = new SqliteSession(connection);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Queues work and waits for its commit. Cancelling stops waiting in the queue, never a transaction.</summary>
    public async ValueTask<TResult> RunAsync<TResult>(Func<SqliteSession, TResult> work, CancellationToken cancellationToken)
    {
        SqliteJob<TResult> job = new(work);
        await _queue.Writer.WriteAsync(job, cancellationToken).ConfigureAwait(false);
        return await job.Answer.ConfigureAwait(false);
    }

    /// <summary>Finishes what is queued and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _session.Dispose();
    }

    private async Task RunAsync()
    {
        List<ISqliteJob> group = new(GroupLength);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < GroupLength && _queue.Reader.TryRead(out ISqliteJob? job))
            {
                group.Add(job);
            }

            Commit(group);
        }
    }

    private void Commit(List<ISqliteJob> group)
    {
        if (TryCommit(group) is not Exception fault)
        {
            group.ForEach(job => job.Complete());
        }
        else if (group.Count == 1)
        {
            group[0].Fail(fault);
        }
        else
        {
            group.ForEach(job => Commit([job]));
        }
    }

    /// <summary>Null when committed, else the fault; the transaction is rolled back then. The fault is handed to the job's owner.</summary>
    private Exception? TryCommit(List<ISqliteJob> group)
    {
        try
        {
            _session.Begin();
            group.ForEach(job => job.Execute(_session));
            _session.Commit();
            return null;
        }
        catch (Exception fault)
        {
            _session.Forget();
            return RollBack(fault);
        }
    }

    private Exception RollBack(Exception fault)
    {
        try
        {
            _session.Execute("ROLLBACK");
            return fault;
        }
        catch (SqliteException second) when (second.SqliteErrorCode == SqliteErrorNumber)
        {
            // It never began, or SQLite has rolled back on its own (disk full, out of memory): there is nothing left to end.
            return fault;
        }
    }
}
