using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Vouchers;

/// <summary>A code that is worth money once. Only a hash of the code is stored.</summary>
/// <param name="OrganizationId">Who alone may redeem it, or null: whoever comes first.</param>
/// <param name="ExpiresAtMs">First moment it is worth nothing, or null.</param>
/// <param name="RedeemedBy">Organization that redeemed it, or null.</param>
public sealed record Voucher(
    string Id, ReadOnlyMemory<byte> CodeHash, Money Amount, string? OrganizationId, long CreatedAtMs, string CreatedBy, long? ExpiresAtMs,
    string? RedeemedBy, long? RedeemedAtMs);
