namespace Baltoro.Protocol.Admin;

/// <summary>A charge to take back, or money that was paid back.</summary>
public sealed record CreditBody
{
    public long AmountNanoUsd { get; init; }

    /// <summary>Month that a credit counts for, such as 2026-11; this one without it.</summary>
    public string? Month { get; init; }

    /// <summary>A repeat with the same key changes nothing; the header <c>Idempotency-Key</c> does the same.</summary>
    public string? IdempotencyKey { get; init; }

    public string? Detail { get; init; }
}
