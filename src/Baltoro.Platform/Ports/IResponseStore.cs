using Baltoro.Platform.Idempotency;

namespace Baltoro.Platform.Ports;

/// <summary>Where answers wait for a repeat of their request. Each call is one atomic step. Safe for concurrent use, also from several nodes.</summary>
public interface IResponseStore
{
    /// <summary>Takes the key for a run, or tells what stands in the way.</summary>
    ValueTask<ClaimedKey> ClaimAsync(KeyClaim claim, CancellationToken cancellationToken);

    /// <summary>Keeps the answer of a run that still holds the key.</summary>
    ValueTask CompleteAsync(ReadOnlyMemory<byte> id, string owner, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Lengthens the lease of a run that still holds the key; 0 lets the next one take over.</summary>
    ValueTask RenewAsync(ReadOnlyMemory<byte> id, string owner, long leaseUntilMs, CancellationToken cancellationToken);

    /// <summary>Forgets a key whose run took nothing.</summary>
    ValueTask ForgetAsync(ReadOnlyMemory<byte> id, string owner, CancellationToken cancellationToken);

    /// <summary>Removes what is older than a moment, and of each scope the oldest above a number or size. Returns how many were removed.</summary>
    ValueTask<int> SweepAsync(long olderThanMs, int mostPerScope, long mostBytesPerScope, CancellationToken cancellationToken);
}
