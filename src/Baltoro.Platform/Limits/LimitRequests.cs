using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Limits;

/// <summary>
/// Limits of an organization's own: a member asks, an administrator decides, and the next admission uses them. What is approved
/// takes the place of its tier's, whatever tier applies; what was not asked for stays as the tier has it, and so do prices and terms.
/// Approvals add up: of one limit the newest approval counts.
/// </summary>
public sealed class LimitRequests(ILimitRequestStore requests, IAccounts accounts, IAuditLog audit, TimeProvider clock)
{
    /// <summary>Open requests an organization may have at a time.</summary>
    public const int MostOpen = 20;

    /// <summary>Stores a wish; null when the organization has <see cref="MostOpen"/> open ones already.</summary>
    /// <exception cref="ArgumentException">A limit cannot be meant, or none is asked for; the message names it.</exception>
    public async ValueTask<LimitRequest?> AskAsync(
        string organizationId, Actor member, LimitSet limits, string reason, CancellationToken cancellationToken)
    {
        string? problem = limits.Budget is not null ? "budget: found one, allowed limits of requests, tokens and concurrency only"
            : limits.IsEmpty ? "limits: found none, allowed at least one"
            : limits.Problem();
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
        if (!await requests.TryAddAsync(request, MostOpen, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

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
        if (!await requests.TryDecideAsync(decided, cancellationToken).ConfigureAwait(false))
        {
            decided = await requests.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? request;
            if (!approve || decided.State != LimitRequestState.Approved)
            {
                return null;
            }
        }

        if (approve)
        {
            await ApplyAsync(request.OrganizationId, actor, cancellationToken).ConfigureAwait(false);
        }

        await AuditAsync(actor, approve ? "limits.approved" : "limits.denied", decided, cancellationToken).ConfigureAwait(false);
        return decided;
    }

    /// <summary>
    /// Sets what all approvals of an organization come to. Done again, after a crash or by a repeated approval, it changes nothing;
    /// done at the same time for two approvals, the last to write has seen both.
    /// </summary>
    private async ValueTask ApplyAsync(string organizationId, Actor actor, CancellationToken cancellationToken)
    {
        while (true)
        {
            LimitSet wanted = await ApprovedAsync(organizationId, cancellationToken).ConfigureAwait(false);
            LimitSet now = await accounts.CustomLimitsAsync(organizationId, ScopeName.Approved, cancellationToken).ConfigureAwait(false);
            if (now == wanted)
            {
                return;
            }

            await accounts.SetLimitsAsync(organizationId, ScopeName.Approved, wanted, actor, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<LimitSet> ApprovedAsync(string organizationId, CancellationToken cancellationToken) =>
        (await requests.ListAsync(organizationId, cancellationToken).ConfigureAwait(false))
            .Where(request => request.State == LimitRequestState.Approved)
            .OrderBy(request => request.DecidedAtMs).ThenBy(request => request.Id, StringComparer.Ordinal)
            .Aggregate(LimitSet.None, (sum, request) => (request.Limits with { Budget = null, BudgetPeriod = default }).Or(sum));

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
