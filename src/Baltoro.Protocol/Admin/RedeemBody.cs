namespace Baltoro.Protocol.Admin;

/// <summary>A voucher to redeem.</summary>
public sealed record RedeemBody
{
    public string? Code { get; init; }
}
