using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>
/// Counters shared by several nodes, by the server's time. Each call is atomic. The counters are a copy that may be lost
/// at any moment: what they held is rebuilt from the ledger under a new epoch.
/// </summary>
public interface ISharedLimits
{
    /// <summary>Takes everything or nothing.</summary>
    /// <exception cref="SharedLimitsUnavailableException">The counters cannot be reached.</exception>
    ValueTask<HoldResult> AcquireAsync(HoldRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a hold. Used tokens stay counted, the rest goes back; null: as if the request had never come.</summary>
    ValueTask ReturnAsync(string organizationId, string requestId, long? usedTokens, CancellationToken cancellationToken);

    ValueTask RenewAsync(string organizationId, IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken);

    /// <summary>Live use without taking anything; empty when the counters need a rebuild.</summary>
    ValueTask<IReadOnlyList<LimitUse>> UseAsync(
        string organizationId, IReadOnlyList<(string Scope, LimitSet Limits)> scopes, CancellationToken cancellationToken);

    /// <summary>Replaces all counters of an organization.</summary>
    ValueTask LoadAsync(string organizationId, string epoch, IReadOnlyList<Reservation> counted, TokenReturn tokenReturn, CancellationToken cancellationToken);

    /// <summary>Asks to be the one node that rebuilds; the right ends by itself soon. It only saves work: two rebuilds at once are harmless.</summary>
    ValueTask<bool> TryBeginRebuildAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Gives the right to rebuild back.</summary>
    ValueTask EndRebuildAsync(string organizationId, CancellationToken cancellationToken);
}
