using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Ledger;

/// <summary>
/// Admission while the shared counters are away: the ledger's own counters are rebuilt once from the reservations, under a new
/// epoch that no hold of the shared counters has, and count from then on. When the shared counters are back, their first hold is
/// refused for its epoch and they are rebuilt in turn; so a request is always counted in exactly one place.
/// </summary>
internal sealed class LedgerCountedAdmission(Accounting accounting, IAccountStore store, TokenReturn tokenReturn)
{
    /// <summary>Nodes that still reach the shared counters take the account back; more turns than this is an outage.</summary>
    private const int MostAttempts = 5;

    public async ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await accounting.AdmitCountedAsync(request, cancellationToken).ConfigureAwait(false) is AdmissionResult result)
            {
                return result;
            }

            await store.TransactAsync(
                new AccountQuery(request.OrganizationId, ForRebuild: true),
                view => new AccountDecision<bool>(true, LimitsEpoch.IsLedger(view.LimitsEpoch) ? AccountChange.None : Rebuild(view)),
                cancellationToken).ConfigureAwait(false);
        }

        return AdmissionResult.Of(AdmissionCode.Unavailable);
    }

    private AccountChange Rebuild(AccountView view) => new()
    {
        LimitsEpoch = LimitsEpoch.NewLedger(),
        Scopes = CountedScopes.Of(view, tokenReturn),
    };
}
