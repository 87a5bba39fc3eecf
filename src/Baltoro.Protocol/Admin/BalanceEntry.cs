namespace Baltoro.Protocol.Admin;

/// <summary>What an organization has, in nano-dollars.</summary>
public sealed record BalanceEntry
{
    public string Object { get; init; } = "balance";

    public required string Organization { get; init; }

    public required long AvailableNanoUsd { get; init; }

    public required long CashNanoUsd { get; init; }

    public required long VoucherNanoUsd { get; init; }

    public required long ReservedNanoUsd { get; init; }

    public required long CreditLimitNanoUsd { get; init; }

    public required long CumulativeTopupNanoUsd { get; init; }

    /// <summary>Tier the organization has earned or was given.</summary>
    public required string Tier { get; init; }
}
