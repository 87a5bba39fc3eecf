namespace Baltoro.Protocol.Admin;

/// <summary>A voucher just made; the only time its code is told.</summary>
public sealed record VoucherEntry(string Id, string Code, long AmountNanoUsd)
{
    public string Object { get; init; } = "voucher";
}
