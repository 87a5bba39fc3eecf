using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Ports;

/// <summary>An administrator's movement of money.</summary>
/// <param name="OrganizationId">Whose account.</param>
/// <param name="Kind">Top-up, voucher grant, refund, credit note, shortfall, adjustment or voucher expiry.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="IdempotencyKey">Repeats with the same key change nothing; a payment provider's event id fits.</param>
/// <param name="Actor">Who did it, for the audit log.</param>
/// <param name="Detail">Free text for the entry.</param>
/// <param name="Period">Month it counts for as <c>yyyymm</c>; null: now.</param>
public sealed record MoneyMovement(
    string OrganizationId, EntryKind Kind, Money Amount, string IdempotencyKey, string Actor, string Detail, int? Period = null)
{
    /// <summary>The HTTP request that asked for it, for the audit log; empty for the command line.</summary>
    public string RequestId { get; init; } = "";
}
