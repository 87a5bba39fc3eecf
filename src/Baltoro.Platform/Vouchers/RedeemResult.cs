using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Vouchers;

/// <summary>Answer of redeeming.</summary>
/// <param name="Voucher">Only when it was redeemed, now or before.</param>
/// <param name="Movement">Its ledger entry; only when it was redeemed, now or before.</param>
public sealed record RedeemResult(RedeemCode Code, Voucher? Voucher = null, MovementResult? Movement = null);
