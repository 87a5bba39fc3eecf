using Baltoro.Platform.Audit;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Ledger;

/// <summary>Accounts whose live limits are read from the counters that several nodes share; the rest is the ledger's.</summary>
public sealed class SharedLimitAccounts(Accounting accounting, SharedLimitAdmission admission) : IAccounts
{
    /// <inheritdoc/>
    public ValueTask<MovementResult> MoveAsync(MoneyMovement movement, CancellationToken cancellationToken) =>
        accounting.MoveAsync(movement, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reservation?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken) =>
        accounting.FindAsync(organizationId, requestId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountBalanceSheet> BalanceAsync(string organizationId, CancellationToken cancellationToken) =>
        accounting.BalanceAsync(organizationId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountTerms> TermsAsync(string organizationId, CancellationToken cancellationToken) =>
        accounting.TermsAsync(organizationId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetTermsAsync(string organizationId, AccountTerms terms, Actor actor, CancellationToken cancellationToken) =>
        accounting.SetTermsAsync(organizationId, terms, actor, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetLimitsAsync(
        string organizationId, string scope, LimitSet limits, Actor actor, CancellationToken cancellationToken) =>
        accounting.SetLimitsAsync(organizationId, scope, limits, actor, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitSet> CustomLimitsAsync(string organizationId, string scope, CancellationToken cancellationToken) =>
        accounting.CustomLimitsAsync(organizationId, scope, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(
        string organizationId, string projectId, string keyId, string keyTier, CancellationToken cancellationToken)
    {
        IReadOnlyList<LimitUse> rates = await admission.LimitsAsync(
            Accounting.CallerOf(organizationId, projectId, keyId, keyTier), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LimitUse> own = await accounting.LimitsAsync(
            organizationId, projectId, keyId, keyTier, cancellationToken).ConfigureAwait(false);
        return [.. rates.Where(use => use.Dimension != LimitDimension.Budget), .. own.Where(use => use.Dimension == LimitDimension.Budget)];
    }

    /// <inheritdoc/>
    public ValueTask<LedgerReport> VerifyAsync(string organizationId, CancellationToken cancellationToken) =>
        accounting.VerifyAsync(organizationId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> SweepAsync(CancellationToken cancellationToken) => accounting.SweepAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> RecoverAsync(CancellationToken cancellationToken) => accounting.RecoverAsync(cancellationToken);
}
