using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ledger;

/// <summary>
/// Admission over several nodes: rate limits are held in shared counters first, then the ledger reserves. The ledger
/// knows the counters' epoch and refuses a hold of another one, so counters that were lost and rebuilt in between can
/// never hide a request. A refusal by the ledger gives the hold back; a crash leaves it to its lease; neither charges.
/// </summary>
public sealed class SharedLimitAdmission(
    Accounting accounting, IAccountStore store, ISharedLimits limits, AccountingSettings settings, TimeProvider clock) : IAdmission
{
    /// <summary>Attempts while another node rebuilds; together about five seconds, then 503.</summary>
    private const int MostAttempts = 24;

    private const int LeastWaitMs = 25;
    private const int MostWaitMs = 250;
    private readonly LimitProfiles _profiles = new(accounting, clock);
    private readonly LedgerCountedAdmission _fallback = new(accounting, store, settings.TokenReturn);

    /// <inheritdoc/>
    public async ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (await _profiles.FindAsync(request, cancellationToken).ConfigureAwait(false) is not LimitProfile profile)
        {
            return AdmissionResult.Of(AdmissionCode.UnknownTier);
        }

        try
        {
            for (int attempt = 0; attempt < MostAttempts; attempt++)
            {
                AdmissionResult? result = await TryAdmitAsync(request, profile, cancellationToken).ConfigureAwait(false)
                    ?? await TryRebuildAndAdmitAsync(request, profile, cancellationToken).ConfigureAwait(false);
                if (result is not null)
                {
                    return result;
                }

                await Task.Delay(Math.Min(MostWaitMs, LeastWaitMs << Math.Min(attempt, 4)), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SharedLimitsUnavailableException)
        {
            // Where the ledger may not count in their place, the caller is told to come again; nothing was charged.
            return settings.Outage == SharedLimitOutage.CountInLedger
                ? await _fallback.AdmitAsync(request, cancellationToken).ConfigureAwait(false)
                : AdmissionResult.Of(AdmissionCode.Unavailable, profile.Tier);
        }

        return AdmissionResult.Of(AdmissionCode.Unavailable, profile.Tier);
    }

    /// <inheritdoc/>
    public async ValueTask<SettlementResult> SettleAsync(Reservation reservation, TokenUsage usage, CancellationToken cancellationToken)
    {
        SettlementResult result = await accounting.SettleAsync(reservation, usage, cancellationToken).ConfigureAwait(false);
        if (result.Code is SettlementCode.Posted or SettlementCode.PostedLate)
        {
            long used = settings.TokenReturn == TokenReturn.Unused ? usage.TotalTokens : long.MaxValue;
            await ReturnAsync(reservation, used, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<SettlementResult> VoidAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        SettlementResult result = await accounting.VoidAsync(reservation, cancellationToken).ConfigureAwait(false);
        if (result.Code == SettlementCode.Voided)
        {
            await ReturnAsync(reservation, settings.TokenReturn == TokenReturn.Unused ? 0 : long.MaxValue, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<int> RenewAsync(IReadOnlyList<Reservation> reservations, CancellationToken cancellationToken)
    {
        int renewed = await accounting.RenewAsync(reservations, cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<string, Reservation> group in reservations.GroupBy(held => held.OrganizationId, StringComparer.Ordinal))
        {
            await RenewHoldsAsync(group.Key, [.. group.Select(held => held.RequestId)], cancellationToken).ConfigureAwait(false);
        }

        return renewed;
    }

    /// <inheritdoc/>
    public async ValueTask<AdmissionResult> PreviewAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        AdmissionResult money = await accounting.PreviewHeldAsync(request, cancellationToken).ConfigureAwait(false);
        if (money.Code != AdmissionCode.Admitted)
        {
            return money;
        }

        try
        {
            IReadOnlyList<LimitUse> uses = await LimitsAsync(request, cancellationToken).ConfigureAwait(false);
            long tokens = (long)request.PromptTokens + request.CompletionTokens;
            return LimitPreview.Check(uses, tokens) is LimitRefusal refusal
                ? new AdmissionResult(AdmissionCode.LimitReached, null, refusal, uses, money.Tier)
                : money with { Uses = uses };
        }
        catch (SharedLimitsUnavailableException)
        {
            return settings.Outage == SharedLimitOutage.CountInLedger
                ? await accounting.PreviewAsync(request, cancellationToken).ConfigureAwait(false)
                : AdmissionResult.Of(AdmissionCode.Unavailable, money.Tier);
        }
    }

    /// <summary>Live use of the limits that apply to a caller; counters that were lost are rebuilt first.</summary>
    public async ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(AdmissionRequest caller, CancellationToken cancellationToken)
    {
        if (await _profiles.FindAsync(caller, cancellationToken).ConfigureAwait(false) is not LimitProfile profile)
        {
            return [];
        }

        try
        {
            IReadOnlyList<LimitUse> uses = await limits.UseAsync(caller.OrganizationId, profile.Scopes, cancellationToken).ConfigureAwait(false);
            bool isLost = uses.Count == 0 && profile.Scopes.Any(scope => !(scope.Limits with { Budget = null }).IsEmpty);
            if (!isLost || !await limits.TryBeginRebuildAsync(caller.OrganizationId, cancellationToken).ConfigureAwait(false))
            {
                return uses;
            }

            await RebuildAsync(caller.OrganizationId, cancellationToken).ConfigureAwait(false);
            await limits.EndRebuildAsync(caller.OrganizationId, cancellationToken).ConfigureAwait(false);
            return await limits.UseAsync(caller.OrganizationId, profile.Scopes, cancellationToken).ConfigureAwait(false);
        }
        catch (SharedLimitsUnavailableException) when (settings.Outage == SharedLimitOutage.CountInLedger)
        {
            return await accounting.LimitsAsync(
                caller.OrganizationId, caller.ProjectId, caller.KeyId, caller.KeyTier, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the counters must be rebuilt first.</summary>
    private async ValueTask<AdmissionResult?> TryAdmitAsync(
        AdmissionRequest request, LimitProfile profile, CancellationToken cancellationToken)
    {
        long tokens = (long)request.PromptTokens + request.CompletionTokens;
        HoldResult held = await limits.AcquireAsync(
            new HoldRequest(request.OrganizationId, request.RequestId, profile.Scopes, tokens, settings.LeaseMs), cancellationToken)
            .ConfigureAwait(false);
        if (held.Refusal is LimitRefusal refusal)
        {
            return new AdmissionResult(AdmissionCode.LimitReached, null, refusal, held.Uses, profile.Tier);
        }

        if (held.Hold is not LimitHold hold)
        {
            return null;
        }

        AdmissionResult? result = await accounting.AdmitHeldAsync(request, hold, cancellationToken).ConfigureAwait(false);
        bool runs = result?.Code == AdmissionCode.Admitted
            || (result is { Code: AdmissionCode.Replayed, Reservation.State: ReservationState.Pending });
        if (!runs && (held.IsNew || result?.Code != AdmissionCode.IdempotencyConflict))
        {
            await limits.ReturnAsync(request.OrganizationId, request.RequestId, null, CancellationToken.None).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Rebuilds if this node is the one to do so and it is still needed. Null when another node is at it.</summary>
    private async ValueTask<AdmissionResult?> TryRebuildAndAdmitAsync(
        AdmissionRequest request, LimitProfile profile, CancellationToken cancellationToken)
    {
        if (!await limits.TryBeginRebuildAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        AdmissionResult? result = await TryAdmitAsync(request, profile, cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            await RebuildAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false);
            result = await TryAdmitAsync(request, profile, cancellationToken).ConfigureAwait(false);
        }

        await limits.EndRebuildAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async ValueTask RenewHoldsAsync(string organizationId, string[] requestIds, CancellationToken cancellationToken)
    {
        try
        {
            await limits.RenewAsync(organizationId, requestIds, settings.LeaseMs, cancellationToken).ConfigureAwait(false);
        }
        catch (SharedLimitsUnavailableException)
        {
            // The ledger's lease counts; counters that come back are rebuilt from it.
            return;
        }
    }

    private async ValueTask ReturnAsync(Reservation reservation, long used, CancellationToken cancellationToken)
    {
        try
        {
            await limits.ReturnAsync(reservation.OrganizationId, reservation.RequestId, used, cancellationToken).ConfigureAwait(false);
        }
        catch (SharedLimitsUnavailableException)
        {
            // The ledger has settled; the hold ends with its lease, or with the rebuild after the outage.
            return;
        }
    }

    private async ValueTask RebuildAsync(string organizationId, CancellationToken cancellationToken)
    {
        string epoch = LimitsEpoch.NewShared();
        await store.TransactAsync(
            new AccountQuery(organizationId),
            _ => new AccountDecision<bool>(true, new AccountChange { LimitsEpoch = epoch }),
            cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Reservation> counted = await store.ListCountedAsync(organizationId, cancellationToken).ConfigureAwait(false);
        await limits.LoadAsync(organizationId, epoch, counted, settings.TokenReturn, cancellationToken).ConfigureAwait(false);
    }
}
