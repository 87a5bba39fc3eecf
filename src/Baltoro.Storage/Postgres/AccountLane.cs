using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>
/// The transactions of one account on this node, one after another. What is waiting is decided on the account as this node
/// remembers it and written in one round trip, on condition that nobody else has changed the account since; if somebody has, or
/// the answer would be a refusal, it is decided again on the locked row. So a change commits only on the state it was decided on.
/// </summary>
internal sealed class AccountLane(NpgsqlDataSource source, string organizationId, ServerClock clock, Func<long?> testMs)
{
    private const int GroupLength = 64;
    private const int MostAttempts = 5;
    private const string Advance = "SELECT account_advance($1, $2, $3, $4)";
    private readonly Lock _turn = new();
    private readonly Queue<ILaneJob> _waiting = [];
    private RememberedAccount? _remembered;
    private long _version;
    private bool _runs;

    /// <summary>Queues a transaction and waits for its commit.</summary>
    public Task<TResult> RunAsync<TResult>(
        AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellationToken)
    {
        LaneJob<TResult> job = new(query, decide, cancellationToken);
        lock (_turn)
        {
            _waiting.Enqueue(job);
            if (_runs)
            {
                return job.Answer;
            }

            _runs = true;
        }

        _ = WorkAsync();
        return job.Answer;
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } group)
        {
            try
            {
                await RunAsync(group).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                // Nobody else would be told: whoever still waits gets it.
                _remembered = null;
                group.ForEach(job => job.Fail(fault));
            }
        }
    }

    private List<ILaneJob> Take()
    {
        List<ILaneJob> group = [];
        lock (_turn)
        {
            while (group.Count < GroupLength && _waiting.TryDequeue(out ILaneJob? job))
            {
                group.Add(job);
            }

            _runs = group.Count > 0;
        }

        return group;
    }

    /// <summary>As many as the memory can answer go together, the others alone, all in their order.</summary>
    private async Task RunAsync(List<ILaneJob> group)
    {
        int next = 0;
        while (next < group.Count)
        {
            AccountState state = new();
            List<SqlWrite> writes = [];
            int first = next;
            while (next < group.Count && TryDecide(group[next], state, writes))
            {
                next++;
            }

            List<ILaneJob> together = group[first..next];
            if (together.Count > 0 && !await TryCommitAsync(together, state, writes).ConfigureAwait(false))
            {
                foreach (ILaneJob job in together)
                {
                    await RunAloneAsync(job).ConfigureAwait(false);
                }
            }
            else if (together.Count == 0)
            {
                await RunAloneAsync(group[next++]).ConfigureAwait(false);
            }
        }
    }

    private bool TryDecide(ILaneJob job, AccountState state, List<SqlWrite> writes)
    {
        if ((testMs() ?? clock.NowMs()) is not long nowMs || _remembered?.View(job.Query, nowMs, find: null) is not AccountView view)
        {
            return false;
        }

        AccountChange change = job.Decide(view);
        if (change.Book is null)
        {
            return false;
        }

        writes.AddRange(AccountWrites.Once(view, change));
        state.Add(view, change);
        _remembered.Apply(change);
        return true;
    }

    /// <summary>False when the account had changed and nothing was written; a fault goes to the jobs.</summary>
    private async ValueTask<bool> TryCommitAsync(List<ILaneJob> jobs, AccountState state, List<SqlWrite> writes)
    {
        try
        {
            clock.Set(await WriteAsync(state, writes).ConfigureAwait(false));
            _version++;
            jobs.ForEach(job => job.Complete());
            return true;
        }
        catch (PostgresException fault) when (PostgresAccountStore.MayRepeat(fault))
        {
            _remembered = null;
            return false;
        }
        catch (NpgsqlException fault)
        {
            _remembered = null;
            jobs.ForEach(job => job.Fail(fault));
            return true;
        }
    }

    /// <summary>One round trip: a batch without BEGIN is one transaction. Returns the database's time.</summary>
    private async ValueTask<long> WriteAsync(AccountState state, List<SqlWrite> writes)
    {
        NpgsqlBatch batch = source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            Platform.Ledger.Book book = state.After ?? throw new InvalidOperationException("a change without a book was put in a lane");
            batch.BatchCommands.Add(PostgresCommands.Of(Advance, organizationId, _version, book.Sequence, book.Head.ToArray()));
            foreach (SqlWrite write in (IEnumerable<SqlWrite>)[.. writes, .. state.Writes(withAccount: false)])
            {
                batch.BatchCommands.Add(PostgresCommands.Of(write));
            }

            NpgsqlDataReader rows = await batch.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                await rows.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                long serverMs = rows.GetInt64(0);
                while (await rows.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
                {
                }

                return serverMs;
            }
        }
    }

    private async Task RunAloneAsync(ILaneJob job)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await RunOnceAsync(job).ConfigureAwait(false);
                job.Complete();
                return;
            }
            catch (PostgresException fault) when (attempt < MostAttempts && PostgresAccountStore.MayRepeat(fault))
            {
                _remembered = null;
            }
            catch (Exception fault)
            {
                _remembered = null;
                job.Fail(fault);
                return;
            }
        }
    }

    private async Task RunOnceAsync(ILaneJob job)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(job.Cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // A connection given back inside a transaction is rolled back by the pool, whatever ended the work.
            PostgresTransaction transaction = new(connection, job.Query, testMs());
            AccountView view = await transaction.LoadAsync(job.Cancellation).ConfigureAwait(false);
            clock.Set(transaction.ServerMs);
            AccountChange change = job.Decide(view);
            if (change.IsEmpty)
            {
                await transaction.RollBackAsync().ConfigureAwait(false);
            }
            else
            {
                await transaction.CommitAsync(AccountWrites.Of(view, change)).ConfigureAwait(false);
            }

            Remember(job.Query, view, transaction.Version);
            if (!change.IsEmpty)
            {
                _remembered?.Apply(change);
                _version++;
            }
        }
    }

    private void Remember(AccountQuery query, AccountView view, long version)
    {
        if (_remembered is not null && _version == version)
        {
            _remembered.Add(query, view);
        }
        else
        {
            _remembered = new RememberedAccount(query, view);
            _version = version;
        }
    }
}
