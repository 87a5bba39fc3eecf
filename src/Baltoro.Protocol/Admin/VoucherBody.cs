namespace Baltoro.Protocol.Admin;

/// <summary>A voucher to make.</summary>
public sealed record VoucherBody
{
    public long AmountNanoUsd { get; init; }

    /// <summary>Who alone may redeem it; anybody without it.</summary>
    public string? Organization { get; init; }

    /// <summary>Unix seconds; for ever without it.</summary>
    public long? ExpiresAt { get; init; }
}
