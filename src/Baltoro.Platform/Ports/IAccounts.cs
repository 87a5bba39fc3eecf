using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>What administrators and the console do with accounts. Every change is audited in the same transaction.</summary>
public interface IAccounts
{
    /// <summary>Top-up, voucher, refund, credit note: once per idempotency key.</summary>
    ValueTask<MovementResult> MoveAsync(MoneyMovement movement, CancellationToken cancellationToken);

    /// <summary>The reservation of a request of this organization, or null.</summary>
    ValueTask<Reservation?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken);

    ValueTask<AccountBalanceSheet> BalanceAsync(string organizationId, CancellationToken cancellationToken);

    ValueTask<AccountTerms> TermsAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Changes terms; effective with the next admission.</summary>
    ValueTask SetTermsAsync(string organizationId, AccountTerms terms, Actor actor, CancellationToken cancellationToken);

    /// <summary>Sets limits of a scope (see <see cref="ScopeName"/>); effective with the next admission.</summary>
    /// <exception cref="ArgumentException">A limit cannot be meant; the message names it.</exception>
    ValueTask SetLimitsAsync(string organizationId, string scope, LimitSet limits, Actor actor, CancellationToken cancellationToken);

    /// <summary>Limits that were set for a scope (see <see cref="ScopeName"/>); none where none were.</summary>
    ValueTask<LimitSet> CustomLimitsAsync(string organizationId, string scope, CancellationToken cancellationToken);

    /// <summary>Live use of the limits that apply to a key.</summary>
    ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(
        string organizationId, string projectId, string keyId, string keyTier, CancellationToken cancellationToken);

    /// <summary>Replays an organization's chain against its stored book.</summary>
    ValueTask<LedgerReport> VerifyAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Expires lapsed reservations; returns how many. Run every few seconds on any node.</summary>
    ValueTask<int> SweepAsync(CancellationToken cancellationToken);

    /// <summary>Expires everything this node's earlier life left; run once at start, before the first admission.</summary>
    ValueTask<int> RecoverAsync(CancellationToken cancellationToken);
}
