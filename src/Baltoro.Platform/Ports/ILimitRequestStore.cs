using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>Where requests for custom limits live.</summary>
public interface ILimitRequestStore
{
    /// <summary>Stores a request if its organization has fewer than <paramref name="mostOpen"/> open ones, whoever asks at the same time.</summary>
    ValueTask<bool> TryAddAsync(LimitRequest request, int mostOpen, CancellationToken cancellationToken);

    ValueTask<LimitRequest?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Oldest first; of all organizations when none is named.</summary>
    ValueTask<IReadOnlyList<LimitRequest>> ListAsync(string? organizationId, CancellationToken cancellationToken);

    /// <summary>Stores the decision if the request is still open; false when somebody was faster.</summary>
    ValueTask<bool> TryDecideAsync(LimitRequest decided, CancellationToken cancellationToken);
}
