using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Tests.Simulation;

/// <summary>What a store may do to a transaction.</summary>
internal enum StoreFault
{
    None,

    /// <summary>Fails before anything is written.</summary>
    BeforeCommit,

    /// <summary>Writes everything, then the answer is lost.</summary>
    AfterCommit,
}

/// <summary>Accounts in memory, one thread, with faults on demand.</summary>
internal sealed class MemoryAccountStore(ManualClock clock) : IAccountStore, IReceiptStore
{
    private readonly Dictionary<(string Organization, string Node), List<StoredReceipt>> _receipts = [];
    private readonly Dictionary<string, List<SignedRoot>> _roots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountView> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IdempotencyRecord> _idempotency = new(StringComparer.Ordinal);

    public Dictionary<string, Reservation> Reservations { get; } = new(StringComparer.Ordinal);

    public List<LedgerEntry> Entries { get; } = [];

    public List<UsageDay> Usage { get; } = [];

    public Func<StoreFault> NextFault { get; set; } = () => StoreFault.None;

    public ValueTask<TResult> TransactAsync<TResult>(
        AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellationToken)
    {
        StoreFault fault = NextFault();
        string organization = query.OrganizationId;
        AccountView stored = _accounts.TryGetValue(organization, out AccountView? known) ? known : Empty(organization);
        AccountView view = stored with
        {
            NowMs = clock.NowMs,
            Reservation = query.RequestId is string id ? Reservations.GetValueOrDefault(id) : null,
            Receipts = query.ReceiptNode is string node ? HeadOf(organization, node) : null,
            Roots = query.ForRoot ? BasisOf(organization) : null,
            Idempotency = query.IdempotencyKey is string key ? _idempotency.GetValueOrDefault($"{organization}/{key}") : null,
        };
        AccountDecision<TResult> decision = decide(view);
        if (fault == StoreFault.BeforeCommit)
        {
            throw new IOException("store fault before commit");
        }

        Write(stored, decision.Change);
        return fault == StoreFault.AfterCommit
            ? throw new IOException("store fault after commit")
            : ValueTask.FromResult(decision.Result);
    }

    public ValueTask<IReadOnlyList<Reservation>> ListLapsedAsync(string? nodeId, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Reservation>>(
        [
            .. Reservations.Values.Where(held => held.State == ReservationState.Pending)
                .Where(held => nodeId is null ? held.LeaseUntilMs <= clock.NowMs : held.NodeId == nodeId).Take(limit),
        ]);

    public ValueTask<int> RenewAsync(IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken)
    {
        int renewed = 0;
        foreach (string id in requestIds.Where(id => Reservations[id].State == ReservationState.Pending))
        {
            Reservations[id] = Reservations[id] with { LeaseUntilMs = clock.NowMs + leaseMs };
            renewed++;
        }

        return ValueTask.FromResult(renewed);
    }

    public ValueTask<IReadOnlyList<Reservation>> ListCountedAsync(string organizationId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Reservation>>([.. Reservations.Values.Where(held => held.OrganizationId == organizationId)]);

    public ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. _accounts.Keys]);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadEntriesAsync(
        string organizationId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<LedgerEntry>>(
        [
            .. Entries.Where(entry => entry.OrganizationId == organizationId && entry.Sequence > afterSequence).Take(limit),
        ]);

    public ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(
        string? organizationId, int fromDay, int toDay, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<UsageDay>>(
        [
            .. Usage.Where(usage => organizationId is null || usage.OrganizationId == organizationId)
                .Where(usage => usage.Day >= fromDay && usage.Day <= toDay),
        ]);

    public ValueTask<StoredReceipt?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_receipts.Where(chain => chain.Key.Organization == organizationId).SelectMany(chain => chain.Value)
            .SingleOrDefault(receipt => ReceiptText.Parse(receipt.Text)?.RequestId == requestId));

    public ValueTask<IReadOnlyList<StoredReceipt>> ReadAsync(
        string organizationId, string nodeId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<StoredReceipt>>(
            [.. ChainOf(organizationId, nodeId).Where(receipt => receipt.Sequence > afterSequence).Take(limit)]);

    public ValueTask<RootBasis> BasisAsync(string organizationId, CancellationToken cancellationToken) => ValueTask.FromResult(BasisOf(organizationId));

    public ValueTask<IReadOnlyList<SignedRoot>> ReadRootsAsync(
        string organizationId, long afterNumber, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SignedRoot>>(
            [.. _roots.GetValueOrDefault(organizationId, []).Where(root => root.Number > afterNumber).Take(limit)]);

    public ValueTask<IReadOnlyList<string>> ListUnrootedAsync(int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. _accounts.Keys.Take(limit)]);

    private List<StoredReceipt> ChainOf(string organization, string node) => _receipts.GetValueOrDefault((organization, node), []);

    private ChainHead? HeadOf(string organization, string node) =>
        ChainOf(organization, node).LastOrDefault() is { } last ? new ChainHead(node, last.Sequence, last.Hash) : null;

    private RootBasis BasisOf(string organization) => new(
        [
            .. _receipts.Keys.Where(chain => chain.Organization == organization).Select(chain => chain.Node).Order(StringComparer.Ordinal)
                .Select(node => HeadOf(organization, node)).OfType<ChainHead>(),
        ],
        _roots.GetValueOrDefault(organization, []).LastOrDefault(),
        0);

    private static AccountView Empty(string organization) => new()
    {
        NowMs = 0,
        Book = Book.Empty(organization),
        Scopes = new Dictionary<string, Scope>(StringComparer.Ordinal),
        MonthGross = new Dictionary<int, Money>(),
    };

    private void Write(AccountView stored, AccountChange change)
    {
        Dictionary<string, Scope> scopes = new(stored.Scopes, StringComparer.Ordinal);
        foreach (Scope scope in change.Scopes)
        {
            scopes[scope.Name] = scope;
        }

        Dictionary<int, Money> gross = new(stored.MonthGross);
        if (change.MonthGross is (int period, Money total))
        {
            gross[period] = total;
        }

        string organization = stored.Book.OrganizationId;
        _accounts[organization] = stored with
        {
            Book = change.Book ?? stored.Book,
            Terms = change.Terms ?? stored.Terms,
            Scopes = scopes,
            MonthGross = gross,
            Reservation = null,
        };
        Entries.AddRange(change.Entries);
        if (change.Reservation is Reservation reservation)
        {
            Reservations[reservation.RequestId] = reservation;
        }

        if (change.Usage is UsageDay usage)
        {
            Usage.Add(usage);
        }

        if (change.Receipt is { } receipt)
        {
            (string, string) chain = (organization, receipt.Receipt.NodeId);
            _receipts.TryAdd(chain, []);
            _receipts[chain].Add(new StoredReceipt(receipt.Receipt.NodeId, receipt.Receipt.Sequence, receipt.Text, receipt.Hash));
        }

        if (change.Root is { } root)
        {
            _roots.TryAdd(organization, []);
            _roots[organization].Add(root);
        }

        if (change.Idempotency is IdempotencyRecord record)
        {
            _idempotency.Add($"{organization}/{record.Key}", record);
        }
    }
}
