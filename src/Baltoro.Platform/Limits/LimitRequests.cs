using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Limits;

/// <summary>
/// Custom limits: a member asks, an administrator decides, and the next admission uses them. What was not asked for stays
/// as the tier has it. An organization with custom limits pays the standard price book.
/// </summary>
public sealed class LimitRequests(
    ILimitRequestStore requests, IAccounts accounts, IAuditLog audit, AccountingSettings settings, TimeProvider clock)
{
    /// <summary>Tier whose counters custom limits of an organization apply to.</summary>
    public const string CustomTier = "enterprise";

    /// <summary>Stores a wish.</summary>
    /// <exception cref="ArgumentException">A limit cannot be meant, or none is asked for; the message names it.</exception>
    public async ValueTask<LimitRequest> AskAsync(
        string organizationId, Actor member, LimitSet limits, string reason, CancellationToken cancellationToken)
    {
        string? problem = limits.IsEmpty ? "limits: found none, allowed at least one" : limits.Problem();
        if (problem is not null)
        {
            throw new ArgumentException(problem, nameof(limits));
        }

        LimitRequest request = new()
        {
            Id = $"lr-{Guid.NewGuid():N}",
            OrganizationId = organizationId,
            RequestedBy = member.Name,
            Reason = reason,
            Limits = limits,
            State = LimitRequestState.Open,
            RequestedAtMs = NowMs(),
        };
        await requests.AddAsync(request, cancellationToken).ConfigureAwait(false);
        await AuditAsync(member, "limits.requested", request, cancellationToken).ConfigureAwait(false);
        return request;
    }

    /// <summary>Approves or denies. Null when there is no open request of this id. Repeating an approval repeats its effect only.</summary>
    public async ValueTask<LimitRequest?> DecideAsync(string id, bool approve, Actor actor, CancellationToken cancellationToken)
    {
        if (await requests.FindAsync(id, cancellationToken).ConfigureAwait(false) is not LimitRequest request)
        {
            return null;
        }

        LimitRequest decided = request with
        {
            State = approve ? LimitRequestState.Approved : LimitRequestState.Denied,
            DecidedBy = actor.Name,
            DecidedAtMs = NowMs(),
        };
        bool first = await requests.TryDecideAsync(decided, cancellationToken).ConfigureAwait(false);
        if (!first && (!approve || request.State != LimitRequestState.Approved))
        {
            return null;
        }

        if (approve)
        {
            // Done again after a crash between the decision and here: both steps give the same result twice.
            AccountBalanceSheet sheet = await accounts.BalanceAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false);
            LimitSet rest = settings.Tiers.Find(sheet.Tier)?.Limits ?? LimitSet.None;
            await accounts.SetLimitsAsync(
                request.OrganizationId, ScopeName.OfTier(CustomTier), request.Limits.Or(rest), actor, cancellationToken).ConfigureAwait(false);
            AccountTerms terms = await accounts.TermsAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false);
            await accounts.SetTermsAsync(request.OrganizationId, terms with { Tier = CustomTier }, actor, cancellationToken).ConfigureAwait(false);
        }

        await AuditAsync(actor, approve ? "limits.approved" : "limits.denied", decided, cancellationToken).ConfigureAwait(false);
        return first ? decided : request;
    }

    private ValueTask AuditAsync(Actor actor, string action, LimitRequest request, CancellationToken cancellationToken) =>
        audit.AppendAsync(
            new AuditEvent(
                $"{action}/{request.Id}", NowMs(), actor.Name, action, request.OrganizationId, request.Id,
                AuditDetail.Created([.. AccountFields.Of(request.Limits), ("reason", request.Reason)]))
            {
                RequestId = actor.RequestId,
            },
            cancellationToken);

    private long NowMs() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
