using Baltoro.Platform.Vouchers;

namespace Baltoro.Platform.Ports;

/// <summary>Where vouchers live. Each call is one atomic step. Safe for concurrent use, also from several nodes.</summary>
public interface IVoucherStore
{
    ValueTask AddAsync(Voucher voucher, CancellationToken cancellationToken);

    /// <summary>The voucher of a code's hash, or null.</summary>
    ValueTask<Voucher?> FindAsync(ReadOnlyMemory<byte> codeHash, CancellationToken cancellationToken);

    /// <summary>Marks a voucher as this organization's; true again for the same one. False when it is another's or its time is over.</summary>
    ValueTask<bool> TryClaimAsync(string id, string organizationId, long nowMs, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    ValueTask<IReadOnlyList<Voucher>> ListAsync(int limit, CancellationToken cancellationToken);
}
