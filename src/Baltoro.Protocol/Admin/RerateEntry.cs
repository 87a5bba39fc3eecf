namespace Baltoro.Protocol.Admin;

/// <summary>What a month costs by now and under another book.</summary>
/// <param name="Entry">Ledger entry of the difference; absent when nothing was posted.</param>
public sealed record RerateEntry(long NowNanoUsd, long TargetNanoUsd, long DifferenceNanoUsd, long? Entry)
{
    public string Object { get; init; } = "rerating";
}
