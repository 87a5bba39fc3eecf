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

    /// <summary>As many as the memory can grant go together, the next ones on the locked row, all in their order.</summary>
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

            if (next == first || !await TryCommitAsync(group[first..next], state, writes).ConfigureAwait(false))
            {
                next = first + await RunLockedAsync(group[first..]).ConfigureAwait(false);
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

    /// <summary>Runs the first job and as many after it as the same reading answers; returns how many have their answer.</summary>
    private async ValueTask<int> RunLockedAsync(List<ILaneJob> jobs)
    {
        List<ILaneJob> tried = jobs;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                int count = await RunOnceAsync(tried).ConfigureAwait(false);
                tried[..count].ForEach(job => job.Complete());
                return count;
            }
            catch (Exception fault) when (MayRepeat(fault, attempt, tried.Count))
            {
                // Nothing was written. Whichever of them it was: one alone gets its own answer.
                _remembered = null;
                tried = jobs[..1];
            }
            catch (Exception fault)
            {
                _remembered = null;
                jobs[0].Fail(fault);
                return 1;
            }
        }
    }

    /// <summary>What a connection that broke has written is not known; everything else that fails has written nothing.</summary>
    private static bool MayRepeat(Exception fault, int attempt, int jobs) => fault switch
    {
        PostgresException refused => attempt < MostAttempts && (jobs > 1 || PostgresAccountStore.MayRepeat(refused)),
        NpgsqlException => false,
        _ => jobs > 1,
    };

    private async ValueTask<int> RunOnceAsync(List<ILaneJob> jobs)
    {
        ILaneJob first = jobs[0];
        NpgsqlConnection connection = await source.OpenConnectionAsync(first.Cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // A connection given back inside a transaction is rolled back by the pool, whatever ended the work.
            string[] others = [.. jobs.Skip(1).Select(job => job.Query.RequestId).OfType<string>()];
            PostgresTransaction transaction = new(connection, first.Query, testMs(), others);
            AccountView view = await transaction.LoadAsync(first.Cancellation).ConfigureAwait(false);
            clock.Set(transaction.ServerMs);
            RememberedAccount remembered = Remember(first.Query, view, transaction.Version);
            AccountState state = new();
            List<SqlWrite> writes = [];
            bool isChanged = Decide(first, view);
            int count = 1;
            while (count < jobs.Count
                && remembered.View(jobs[count].Query, view.NowMs, id => transaction.Others.GetValueOrDefault(id)) is AccountView next)
            {
                isChanged |= Decide(jobs[count], next);
                count++;
            }

            await (isChanged
                ? transaction.CommitAsync([.. writes, .. state.Writes()])
                : transaction.RollBackAsync()).ConfigureAwait(false);
            _version += isChanged ? 1 : 0;
            return count;

            bool Decide(ILaneJob job, AccountView seen)
            {
                AccountChange change = job.Decide(seen);
                if (change.IsEmpty)
                {
                    return false;
                }

                writes.AddRange(AccountWrites.Once(seen, change));
                state.Add(seen, change);
                remembered.Apply(change);
                return true;
            }
        }
    }

    private RememberedAccount Remember(AccountQuery query, AccountView view, long version)
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

        return _remembered;
    }
}
