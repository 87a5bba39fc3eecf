namespace Baltoro.Backends.Turns;

/// <summary>
/// Shares a bounded resource between tenants. Who waits is served in fair order: every piece of work gets a start time in
/// units of work (start-time fair queueing), so a tenant with a hundred pieces waits behind its own work, not others behind
/// it; a tenant's own work keeps its order. A piece that does not fit yet keeps its place: smaller ones behind it go ahead only
/// in the room it will not need. What may wait is bounded. Safe for concurrent use; nothing is held while work waits.
/// </summary>
public sealed class TenantTurns
{
    private readonly TurnLimits _limits;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TenantLine> _lines = new(StringComparer.Ordinal);
    private long _held;
    private long _heldByPassers;
    private long _now;
    private int _waiting;

    public TenantTurns(TurnLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.CapacityPerTenant, 1);
        _limits = limits;
    }

    /// <summary>Units held at present.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>
    /// Waits for a turn and returns what ends it; null at once when too much is waiting already. <paramref name="units"/> over
    /// the capacity count as the capacity.
    /// </summary>
    public async ValueTask<IDisposable?> EnterAsync(string tenant, long units, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        cancellationToken.ThrowIfCancellationRequested();
        Turn turn;
        lock (_lock)
        {
            TenantLine line = LineOf(tenant);
            long start = Math.Max(_now, line.FinishTime);
            turn = new Turn(this, line, Math.Min(units, _limits.Capacity), start);
            bool isFull = _waiting >= _limits.MaxWaiting || line.Waiting.Count >= _limits.MaxWaitingPerTenant;
            if (isFull && (_waiting > 0 || !Fits(turn)))
            {
                return null;
            }

            line.FinishTime = start + turn.Units;
            turn.Place = line.Waiting.AddLast(turn);
            _waiting++;
            Dispatch();
        }

        if (turn.Started.Task.IsCompleted)
        {
            return turn;
        }

        using CancellationTokenRegistration gone = cancellationToken.UnsafeRegister(_ => Leave(turn, cancellationToken), null);
        await turn.Started.Task.ConfigureAwait(false);
        return turn;
    }

    private TenantLine LineOf(string tenant)
    {
        if (_held == 0 && _waiting == 0)
        {
            _lines.Clear();
            _now = 0;
        }

        if (!_lines.TryGetValue(tenant, out TenantLine? line))
        {
            Forget();
            _lines[tenant] = line = new TenantLine();
        }

        return line;
    }

    /// <summary>Drops tenants that have nothing here and no work ahead of the others'.</summary>
    private void Forget()
    {
        foreach ((string name, TenantLine line) in _lines)
        {
            if (line.Held == 0 && line.Waiting.Count == 0 && line.FinishTime <= _now)
            {
                _lines.Remove(name);
            }
        }
    }

    /// <summary>Starts whatever may start. Called with the lock held.</summary>
    private void Dispatch()
    {
        while (NextOf(long.MaxValue) is { } first)
        {
            if (Fits(first))
            {
                Start(first, isPasser: false);
                continue;
            }

            // It waits for room. Others may use what it leaves over of the whole.
            long left = _limits.Capacity - first.Units - _heldByPassers;
            if (NextOf(Math.Min(left, _limits.Capacity - _held)) is not { } passer)
            {
                return;
            }

            Start(passer, isPasser: true);
        }
    }

    /// <summary>The fairest first piece of a line that is no larger than <paramref name="mostUnits"/> and whose tenant may hold more.</summary>
    private Turn? NextOf(long mostUnits)
    {
        Turn? best = null;
        foreach (TenantLine line in _lines.Values)
        {
            if (line.Waiting.First?.Value is { } turn
                && turn.Units <= mostUnits
                && (line.Held == 0 || line.Held + turn.Units <= _limits.CapacityPerTenant)
                && (best is null || turn.StartTime < best.StartTime))
            {
                best = turn;
            }
        }

        return best;
    }

    private bool Fits(Turn turn) => _held + turn.Units <= _limits.Capacity
        && (turn.Line.Held == 0 || turn.Line.Held + turn.Units <= _limits.CapacityPerTenant);

    private void Start(Turn turn, bool isPasser)
    {
        turn.Line.Waiting.Remove(turn.Place!); // Set before it could wait.
        _waiting--;
        _held += turn.Units;
        turn.Line.Held += turn.Units;
        turn.IsPasser = isPasser;
        _heldByPassers += isPasser ? turn.Units : 0;
        _now = Math.Max(_now, turn.StartTime);
        turn.Started.SetResult();
    }

    private void Leave(Turn turn, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (turn.Started.Task.IsCompleted)
            {
                return;
            }

            turn.Line.Waiting.Remove(turn.Place!); // Set before it could wait.
            _waiting--;
            turn.Started.SetCanceled(cancellationToken);
            Dispatch();
        }
    }

    private void End(Turn turn)
    {
        lock (_lock)
        {
            _held -= turn.Units;
            turn.Line.Held -= turn.Units;
            _heldByPassers -= turn.IsPasser ? turn.Units : 0;
            Dispatch();
        }
    }

    /// <summary>What one tenant has here.</summary>
    private sealed class TenantLine
    {
        public LinkedList<Turn> Waiting { get; } = new();

        public long Held { get; set; }

        public long FinishTime { get; set; }
    }

    private sealed class Turn(TenantTurns owner, TenantLine line, long units, long startTime) : IDisposable
    {
        private int _ended;

        public TenantLine Line { get; } = line;

        public long Units { get; } = units;

        public long StartTime { get; } = startTime;

        public bool IsPasser { get; set; }

        public LinkedListNode<Turn>? Place { get; set; }

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                owner.End(this);
            }
        }
    }
}
