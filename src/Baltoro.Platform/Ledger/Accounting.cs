using Baltoro.Platform.Audit;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Ledger;

/// <summary>Limits and money over one store: each call is one transaction around a pure decision. Safe for concurrent use.</summary>
public sealed class Accounting : IAdmission, IAccounts
{
    private const int SweepBatch = 200;
    private const int VerifyBatch = 5_000;
    private readonly IAccountStore _store;
    private readonly AccountingSettings _settings;
    private readonly AdmissionMachine _admission;
    private readonly SettlementMachine _settlement;
    private readonly MovementMachine _movement;

    public Accounting(IAccountStore store, AccountingSettings settings)
    {
        _store = store;
        _settings = settings;
        _admission = new AdmissionMachine(settings);
        _settlement = new SettlementMachine(settings);
        _movement = new MovementMachine(settings);
    }

    /// <inheritdoc/>
    public ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken) =>
        _store.TransactAsync(QueryOf(request), view => _admission.Admit(view, request, hold: null), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AdmissionResult> PreviewAsync(AdmissionRequest request, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            QueryOf(request) with { RequestId = null },
            view => AccountDecision<AdmissionResult>.Unchanged(_admission.Admit(view, request, hold: null).Result),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SettlementResult> SettleAsync(Reservation reservation, TokenUsage usage, CancellationToken cancellationToken) =>
        _store.TransactAsync(EndOf(reservation), view => _settlement.Settle(view, usage), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SettlementResult> VoidAsync(Reservation reservation, CancellationToken cancellationToken) =>
        _store.TransactAsync(EndOf(reservation), _settlement.Void, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reservation?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            new AccountQuery(organizationId, requestId),
            view => AccountDecision<Reservation?>.Unchanged(view.Reservation),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> RenewAsync(IReadOnlyList<Reservation> reservations, CancellationToken cancellationToken) =>
        reservations.Count == 0
            ? ValueTask.FromResult(0)
            : _store.RenewAsync([.. reservations.Select(reservation => reservation.RequestId)], _settings.LeaseMs, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MovementResult> MoveAsync(MoneyMovement movement, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            new AccountQuery(movement.OrganizationId, IdempotencyKey: movement.IdempotencyKey),
            view => _movement.Move(view, movement),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountBalanceSheet> BalanceAsync(string organizationId, CancellationToken cancellationToken) =>
        ReadAsync(organizationId, null, _movement.Sheet, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountTerms> TermsAsync(string organizationId, CancellationToken cancellationToken) =>
        ReadAsync(organizationId, null, view => AdmissionMachine.TermsOf(view, _settings), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SetTermsAsync(
        string organizationId, AccountTerms terms, Actor actor, CancellationToken cancellationToken)
    {
        Check(terms);
        await _store.TransactAsync(
            new AccountQuery(organizationId),
            view => new AccountDecision<bool>(true, new AccountChange
            {
                Terms = terms,
                Audit = NewAudit(
                    view, actor, "terms.set", "terms",
                    AuditDetail.Changed(AccountFields.Of(AdmissionMachine.TermsOf(view, _settings)), AccountFields.Of(terms))),
            }),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask SetLimitsAsync(
        string organizationId, string scope, LimitSet limits, Actor actor, CancellationToken cancellationToken)
    {
        if (limits.Problem() is string problem)
        {
            throw new ArgumentException(problem, nameof(limits));
        }

        await _store.TransactAsync(
            new AccountQuery(organizationId, Scopes: [scope]),
            view => new AccountDecision<bool>(true, new AccountChange
            {
                Scopes = [view.ScopeOf(scope) with { Custom = limits }],
                Audit = NewAudit(
                    view, actor, "limits.set", scope,
                    AuditDetail.Changed(AccountFields.Of(view.ScopeOf(scope).Custom), AccountFields.Of(limits))),
            }),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<LimitSet> CustomLimitsAsync(string organizationId, string scope, CancellationToken cancellationToken) =>
        ReadAsync(organizationId, [scope], view => view.ScopeOf(scope).Custom, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(
        string organizationId, string projectId, string keyId, string keyTier, CancellationToken cancellationToken)
    {
        AdmissionRequest caller = CallerOf(organizationId, projectId, keyId, keyTier);
        return ReadAsync(organizationId, ScopesOf(projectId, keyId), Uses, cancellationToken);

        IReadOnlyList<LimitUse> Uses(AccountView view) =>
            _admission.TierOf(view, AdmissionMachine.TermsOf(view, _settings), keyTier) is TierPlan tier
                ? Limiter.Use(_admission.ScopesOf(view, tier, caller, budgetsOnly: false), view.NowMs)
                : [];
    }

    /// <inheritdoc/>
    public async ValueTask<LedgerReport> VerifyAsync(string organizationId, CancellationToken cancellationToken)
    {
        LedgerVerifier verifier = new(organizationId);
        Book stored = await ReadAsync(organizationId, null, view => view.Book, cancellationToken).ConfigureAwait(false);
        long after = 0;
        while (after < stored.Sequence)
        {
            int most = (int)Math.Min(VerifyBatch, stored.Sequence - after);
            IReadOnlyList<LedgerEntry> entries =
                await _store.ReadEntriesAsync(organizationId, after, most, cancellationToken).ConfigureAwait(false);
            verifier.Add(entries);
            if (entries.Count == 0)
            {
                break;
            }

            after = entries[^1].Sequence;
        }

        return verifier.Finish(stored);
    }

    /// <inheritdoc/>
    public ValueTask<int> SweepAsync(CancellationToken cancellationToken) => ExpireAsync(null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> RecoverAsync(CancellationToken cancellationToken) => ExpireAsync(_settings.NodeId, cancellationToken);

    /// <summary>A request that asks for nothing, to find the limits of who would send it.</summary>
    internal static AdmissionRequest CallerOf(string organizationId, string projectId, string keyId, string keyTier) => new()
    {
        RequestId = "",
        OrganizationId = organizationId,
        ProjectId = projectId,
        KeyId = keyId,
        KeyTier = keyTier,
        Model = "",
        PromptTokens = 0,
        CompletionTokens = 0,
    };

    /// <summary>Admission whose rate limits were taken in shared counters; null when the hold belongs to counters that were rebuilt since.</summary>
    internal ValueTask<AdmissionResult?> AdmitHeldAsync(AdmissionRequest request, LimitHold hold, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            QueryOf(request),
            view =>
            {
                if (view.LimitsEpoch != hold.Epoch && view.Reservation is null)
                {
                    return AccountDecision<AdmissionResult?>.Unchanged(null);
                }

                AccountDecision<AdmissionResult> decision = _admission.Admit(view, request, hold);
                return new AccountDecision<AdmissionResult?>(decision.Result, decision.Change);
            },
            cancellationToken);

    /// <summary>Admission whose rate limits the ledger's own store counts; null when the shared counters are in charge of this account.</summary>
    internal ValueTask<AdmissionResult?> AdmitCountedAsync(AdmissionRequest request, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            QueryOf(request),
            view =>
            {
                if (!LimitsEpoch.IsLedger(view.LimitsEpoch) && view.Reservation is null)
                {
                    return AccountDecision<AdmissionResult?>.Unchanged(null);
                }

                AccountDecision<AdmissionResult> decision = _admission.Admit(view, request, hold: null);
                return new AccountDecision<AdmissionResult?>(decision.Result, decision.Change);
            },
            cancellationToken);

    /// <summary>Money and budgets of a request, its rate limits left out; nothing is taken.</summary>
    internal ValueTask<AdmissionResult> PreviewHeldAsync(AdmissionRequest request, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            QueryOf(request) with { RequestId = null },
            view => AccountDecision<AdmissionResult>.Unchanged(_admission.Admit(view, request, new LimitHold(view.LimitsEpoch, [], [])).Result),
            cancellationToken);

    /// <summary>The limits that apply to a caller, or null when its tier is unknown.</summary>
    internal ValueTask<LimitProfile?> ProfileAsync(AdmissionRequest caller, long untilMs, CancellationToken cancellationToken) =>
        ReadAsync(caller.OrganizationId, ScopesOf(caller.ProjectId, caller.KeyId), view => Profile(view, caller, untilMs), cancellationToken);

    private LimitProfile? Profile(AccountView view, AdmissionRequest caller, long untilMs) =>
        _admission.TierOf(view, AdmissionMachine.TermsOf(view, _settings), caller.KeyTier) is TierPlan tier
            ? new LimitProfile(
                tier.Name,
                [.. _admission.ScopesOf(view, tier, caller, budgetsOnly: false).Select(limited => (limited.Scope.Name, limited.Limits))],
                untilMs)
            : null;

    private async ValueTask<int> ExpireAsync(string? nodeId, CancellationToken cancellationToken)
    {
        int expired = 0;
        while (true)
        {
            IReadOnlyList<Reservation> lapsed =
                await _store.ListLapsedAsync(nodeId, SweepBatch, cancellationToken).ConfigureAwait(false);
            foreach (Reservation reservation in lapsed)
            {
                SettlementResult result = await _store.TransactAsync(
                    QueryOf(reservation) with { Fresh = true }, view => _settlement.Expire(view, ownerEnded: nodeId is not null), cancellationToken).ConfigureAwait(false);
                expired += result.Code == SettlementCode.Expired ? 1 : 0;
            }

            if (lapsed.Count < SweepBatch)
            {
                return expired;
            }
        }
    }

    private void Check(AccountTerms terms)
    {
        if (terms.CreditLimit < Money.Zero || terms.CreditLimit > Money.Most)
        {
            throw new ArgumentException($"credit limit: found {terms.CreditLimit}, allowed from 0 to {Money.Most} dollars", nameof(terms));
        }

        if (terms.Tier is string tier && _settings.Tiers.Find(tier) is null)
        {
            throw new ArgumentException(
                $"tier: found '{tier}', allowed {string.Join(", ", _settings.Tiers.Plans.Select(plan => plan.Name))}", nameof(terms));
        }

        if (terms.PriceBook is string book && _settings.Prices.FindBook(book) is null)
        {
            throw new ArgumentException(
                $"price book: found '{book}', allowed {string.Join(", ", _settings.Prices.Books.Select(known => known.Name))}", nameof(terms));
        }

        if (_settings.Prices.FindDiscount(terms.Discount) is null)
        {
            throw new ArgumentException(
                $"discount: found '{terms.Discount}', allowed {string.Join(", ", _settings.Prices.Discounts.Select(known => known.Name))}",
                nameof(terms));
        }
    }

    private ValueTask<TResult> ReadAsync<TResult>(
        string organizationId, IReadOnlyList<string>? scopes, Func<AccountView, TResult> read, CancellationToken cancellationToken) =>
        _store.TransactAsync(
            new AccountQuery(organizationId, Scopes: scopes),
            view => AccountDecision<TResult>.Unchanged(read(view)),
            cancellationToken);

    private static AuditEvent NewAudit(AccountView view, Actor actor, string action, string subject, string detail) =>
        new(Guid.NewGuid().ToString("N"), view.NowMs, actor.Name, action, view.Book.OrganizationId, subject, detail)
        {
            RequestId = actor.RequestId,
        };

    private static AccountQuery QueryOf(AdmissionRequest request) =>
        new(request.OrganizationId, request.RequestId, ScopesOf(request.ProjectId, request.KeyId), IsNew: true);

    private static AccountQuery QueryOf(Reservation reservation) =>
        new(reservation.OrganizationId, reservation.RequestId, ScopesOf(reservation.ProjectId, reservation.KeyId));

    private AccountQuery EndOf(Reservation reservation) => QueryOf(reservation) with { ReceiptNode = _settings.NodeId };

    private static string[] ScopesOf(string projectId, string keyId) =>
        projectId.Length == 0 ? [ScopeName.OfKey(keyId)] : [ScopeName.OfKey(keyId), ScopeName.OfProject(projectId)];
}
