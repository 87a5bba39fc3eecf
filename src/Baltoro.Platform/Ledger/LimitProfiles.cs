using System.Collections.Concurrent;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Ledger;

/// <summary>Limits of callers, read from the account at most once a second each, so that a change by an administrator applies within a second.</summary>
internal sealed class LimitProfiles(Accounting accounting, TimeProvider clock)
{
    private const long LifetimeMs = 1_000;
    private const int MostEntries = 50_000;
    private readonly ConcurrentDictionary<(string, string, string, string), LimitProfile> _profiles = new();

    /// <summary>The limits of a caller, or null when its tier is unknown.</summary>
    public async ValueTask<LimitProfile?> FindAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        (string, string, string, string) caller = (request.OrganizationId, request.ProjectId, request.KeyId, request.KeyTier);
        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (_profiles.TryGetValue(caller, out LimitProfile? known) && known.UntilMs > nowMs && known.UntilMs <= nowMs + LifetimeMs)
        {
            return known;
        }

        LimitProfile? fresh = await accounting.ProfileAsync(request, nowMs + LifetimeMs, cancellationToken).ConfigureAwait(false);
        if (fresh is not null)
        {
            if (_profiles.Count >= MostEntries)
            {
                _profiles.Clear();
            }

            _profiles[caller] = fresh;
        }

        return fresh;
    }
}
