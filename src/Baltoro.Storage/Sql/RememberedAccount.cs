using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;

namespace Baltoro.Storage.Sql;

/// <summary>
/// What this process knows of one account since it last read it, kept in step with its own changes. The owner makes sure that
/// nobody else changed the account (SQLite's data version, PostgreSQL's version of the row). One thread at a time.
/// </summary>
internal sealed class RememberedAccount
{
    private readonly Dictionary<string, Scope> _scopes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _knownScopes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Money> _gross = [];
    private readonly Dictionary<string, ChainHead?> _receipts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Reservation> _pending = new(StringComparer.Ordinal);
    private AccountView _last;

    public RememberedAccount(AccountQuery query, AccountView view)
    {
        _last = view;
        Add(query, view);
    }

    /// <summary>Adds what another reading of the same state showed.</summary>
    public void Add(AccountQuery query, AccountView view)
    {
        _last = view;
        foreach ((string name, Scope scope) in view.Scopes)
        {
            _scopes[name] = scope;
        }

        _knownScopes.UnionWith(query.Scopes ?? []);
        if (view.Reservation is Reservation reservation)
        {
            _gross[reservation.Period] = view.GrossOf(reservation.Period);
            Keep(reservation);
        }

        if (query.ReceiptNode is string node)
        {
            _receipts[node] = view.Receipts;
        }
    }

    /// <summary>The account as <paramref name="query"/> wants it, or null when something is not known.</summary>
    /// <param name="find">Reads a reservation that is not remembered; null: one that is not remembered is taken as new.</param>
    public AccountView? View(AccountQuery query, long nowMs, Func<string, Reservation?>? find)
    {
        bool isPlain = !query.ForRebuild && !query.ForRoot && !query.Fresh && query.IdempotencyKey is null;
        if (!isPlain || (query.Scopes is { } scopes && !scopes.All(_knownScopes.Contains)))
        {
            return null;
        }

        Reservation? reservation = query.RequestId is not string id ? null : _pending.GetValueOrDefault(id) ?? find?.Invoke(id);
        ChainHead? head = null;
        bool isKnown = (reservation is null || _gross.ContainsKey(reservation.Period))
            && (query.ReceiptNode is not string node || _receipts.TryGetValue(node, out head))
            && (find is not null || query.RequestId is null || query.IsNew || reservation is not null);
        return isKnown
            ? new AccountView
            {
                NowMs = nowMs,
                Book = _last.Book,
                Terms = _last.Terms,
                Scopes = _scopes,
                MonthGross = _gross,
                Reservation = reservation,
                LimitsEpoch = _last.LimitsEpoch,
                Receipts = head,
            }
            : null;
    }

    /// <summary>Takes a change over that this process has written.</summary>
    public void Apply(AccountChange change)
    {
        _last = _last with
        {
            Book = change.Book ?? _last.Book,
            Terms = change.Terms ?? _last.Terms,
            LimitsEpoch = change.LimitsEpoch ?? _last.LimitsEpoch,
        };
        foreach (Scope scope in change.Scopes)
        {
            _scopes[scope.Name] = scope;
        }

        if (change.MonthGross is (int period, Money gross))
        {
            _gross[period] = gross;
        }

        if (change.Receipt is ChainedReceipt { Receipt: Receipt receipt } chained)
        {
            _receipts[receipt.NodeId] = new ChainHead(receipt.NodeId, receipt.Sequence, chained.Hash);
        }

        if (change.Reservation is Reservation reservation)
        {
            Keep(reservation);
        }
    }

    private void Keep(Reservation reservation)
    {
        if (reservation.State == ReservationState.Pending)
        {
            _pending[reservation.RequestId] = reservation;
        }
        else
        {
            _pending.Remove(reservation.RequestId);
        }
    }
}
