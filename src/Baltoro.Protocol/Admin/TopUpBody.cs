namespace Baltoro.Protocol.Admin;

/// <summary>Money to add.</summary>
public sealed record TopUpBody
{
    public long AmountNanoUsd { get; init; }

    /// <summary>A repeat with the same key adds nothing; the header <c>Idempotency-Key</c> does the same.</summary>
    public string? IdempotencyKey { get; init; }

    public string? Detail { get; init; }
}
