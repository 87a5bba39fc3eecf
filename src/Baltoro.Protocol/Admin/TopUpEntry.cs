namespace Baltoro.Protocol.Admin;

/// <summary>What a top-up did.</summary>
public sealed record TopUpEntry(long Entry, bool Replayed, BalanceEntry Balance)
{
    public string Object { get; init; } = "topup";
}
